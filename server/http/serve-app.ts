// The dashboard: the built single-page app. Its assets carry their content's hash in their names and are cached for
// ever; its one page is asked for anew each time. Whatever no other part answers gets that page, except below /api.

import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyReply } from 'fastify'

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
      setHeaders(response, path) {
        const isHashed = path.includes('/_app/immutable/')
        response.setHeader('cache-control', isHashed ? `public, max-age=${YEAR_SECONDS}, immutable` : 'no-cache')
        response.setHeader('x-content-type-options', 'nosniff')
      },
    })
    fastify.get('/', (_request, reply) => sendPage(reply))
    fastify.get(`/${PAGE}`, (_request, reply) => reply.redirect('/'))
  }

  fastify.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0] ?? '/'
    const isPage = hasPage && (request.method === 'GET' || request.method === 'HEAD') && !isForMachines(path)
    return isPage ? sendPage(reply) : reply.code(404).send({ detail: 'The requested resource does not exist' })
  })

  function sendPage(reply: FastifyReply): FastifyReply {
    return reply
      .header('content-security-policy', policy)
      .header('referrer-policy', 'same-origin')
      .header('x-frame-options', 'DENY')
      .sendFile(PAGE)
  }
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
    "img-src 'self' data:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ')
}
