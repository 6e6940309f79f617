// The dashboard: the built single-page app. Its assets carry their content's hash in their names and are cached for
// ever; its one page is asked for anew each time. Whatever no other part answers gets that page, except below /api.

import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'

const PAGE = 'index.html'
const YEAR_SECONDS = 365 * 24 * 60 * 60

/** @param buildFolder absolute; where nothing is built, pages are answered 404. */
export function registerApp(fastify: FastifyInstance, buildFolder: string): void {
  const hasPage = existsSync(join(buildFolder, PAGE))
  const policy = hasPage ? describePolicy(readFileSync(join(buildFolder, PAGE), 'utf8')) : ''

  if (hasPage) {
    fastify.register(fastifyStatic, {
      root: buildFolder,
      wildcard: false,
      index: false,
      preCompressed: true,
      cacheControl: false,
      setHeaders(reply, path) {
        const isHashed = path.includes('/_app/immutable/')
        reply.header('cache-control', isHashed ? `public, max-age=${YEAR_SECONDS}, immutable` : 'no-cache')
        if (!/\/index\.html(\.(br|gz))?$/.test(path)) return
        reply.header('content-security-policy', policy)
        reply.header('referrer-policy', 'same-origin')
        reply.header('x-frame-options', 'DENY')
      },
    })
    fastify.get('/', (_request, reply) => reply.sendFile(PAGE))
  }

  fastify.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0] ?? '/'
    const isPage = hasPage && (request.method === 'GET' || request.method === 'HEAD') && !isForMachines(path)
    return isPage ? reply.sendFile(PAGE) : reply.code(404).send({ detail: 'The requested resource does not exist' })
  })
}

/** An asset that is gone must not be answered with a page: a browser would keep it as the asset. */
function isForMachines(path: string): boolean {
  return /^\/(api|errortracking|graphql|_app)(\/|$)/.test(path)
}

/** SvelteKit starts the app with an inline script, allowed by its hash. Svelte sets styles as attributes. */
function describePolicy(page: string): string {
  const scripts = [...page.matchAll(/<script(?:\s[^>]*)?>([^<]+)<\/script>/g)].map((match) => match[1] ?? '')
  const hashes = scripts.map((script) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`)
  return [
    "default-src 'self'",
    `script-src 'self' ${hashes.join(' ')}`.trim(),
    "style-src 'self'",
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ')
}
