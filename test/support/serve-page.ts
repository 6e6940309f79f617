// A page of somebody else's: another origin than Faultline's, with a script that has the Sentry SDK for browsers in it.

import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { build } from 'vite'

export interface PageOptions {
  /** The file of the script. */
  entry: string
  /** What the script's imports stand for. */
  alias?: Record<string, string>
  /** Markup before the script. */
  body?: string
}

export interface ServedPage {
  /** @returns the page's address, for an SDK that sends to `dsn`. */
  urlFor(dsn: string): string
  stop(): Promise<void>
}

export async function servePage({ entry, alias = {}, body = '' }: PageOptions): Promise<ServedPage> {
  const script = await bundle(entry, alias)
  const page = `<!doctype html>
<html lang="en">
  <head><meta charset="utf-8" /><title>A shop</title><link rel="icon" href="data:," /></head>
  <body>
    ${body}
    <script src="/shop.js"></script>
  </body>
</html>`
  const server = createServer((request, response) => {
    const isScript = request.url === '/shop.js'
    response.setHeader('Content-Type', isScript ? 'text/javascript; charset=utf-8' : 'text/html')
    response.end(isScript ? script : page)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    urlFor: (dsn) => `${origin}/?dsn=${encodeURIComponent(dsn)}`,
    stop: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

async function bundle(entry: string, alias: Record<string, string>): Promise<string> {
  const result = await build({
    configFile: false,
    logLevel: 'error',
    resolve: { alias },
    build: { write: false, minify: false, lib: { entry, formats: ['iife'], name: 'shop' } },
  })
  const outputs = Array.isArray(result) ? result : [result]
  for (const built of outputs) {
    if (!('output' in built)) continue
    const chunk = built.output.find((file) => file.type === 'chunk')
    if (chunk !== undefined) return chunk.code
  }
  throw new Error(`${entry} could not be bundled`)
}
