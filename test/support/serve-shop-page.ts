// A page of somebody else's: another origin than Faultline's, with the Sentry SDK for browsers bundled into it.

import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { build } from 'vite'

const ENTRY = join(import.meta.dirname, '../sdk/browser/shop.js')
const PAGE = `<!doctype html>
<html lang="en">
  <head><meta charset="utf-8" /><title>A shop</title><link rel="icon" href="data:," /></head>
  <body>
    <button id="throw">Show the cart</button>
    <button id="message">Empty the cart</button>
    <script src="/shop.js"></script>
  </body>
</html>`

export interface ShopPage {
  /** @returns the page's address, for an SDK that sends to `dsn`. */
  urlFor(dsn: string): string
  stop(): Promise<void>
}

export async function serveShopPage(): Promise<ShopPage> {
  const script = await bundleShop()
  const server = createServer((request, response) => {
    const isScript = request.url === '/shop.js'
    response.setHeader('Content-Type', isScript ? 'text/javascript' : 'text/html')
    response.end(isScript ? script : PAGE)
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

async function bundleShop(): Promise<string> {
  const result = await build({
    configFile: false,
    logLevel: 'error',
    build: { write: false, minify: false, lib: { entry: ENTRY, formats: ['iife'], name: 'shop' } },
  })
  const outputs = Array.isArray(result) ? result : [result]
  for (const built of outputs) {
    if (!('output' in built)) continue
    const chunk = built.output.find((file) => file.type === 'chunk')
    if (chunk !== undefined) return chunk.code
  }
  throw new Error('the shop could not be bundled')
}
