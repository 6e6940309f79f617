import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliCompressSync } from 'node:zlib'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createHttp, type Http } from '../../../server/http/create-http.ts'
import { registerApp } from '../../../server/http/serve-app.ts'

const SCRIPT = 'start()'
const PAGE = `<!doctype html><script src="/theme.js"></script><script>${SCRIPT}</script>`

describe('the dashboard', () => {
  let build: string
  let http: Http
  beforeEach(() => {
    build = mkdtempSync(join(tmpdir(), 'faultline-build-'))
    http = createHttp(pino({ level: 'silent' }))
  })
  afterEach(async () => {
    await http.fastify.close()
    rmSync(build, { recursive: true })
  })

  function writeBuild(): void {
    mkdirSync(join(build, '_app/immutable'), { recursive: true })
    writeFileSync(join(build, 'index.html'), PAGE)
    writeFileSync(join(build, '_app/immutable/app.abc.js'), 'export {}')
    writeFileSync(join(build, '_app/immutable/app.abc.js.br'), brotliCompressSync('export {}'))
  }

  it('is one page at every address that no other part answers', async () => {
    writeBuild()
    registerApp(http.fastify, build)
    for (const url of ['/', '/acme/shop', '/acme/shop/issues/SHOP-1F?x=1', '/-/account', '/apiary']) {
      const answer = await http.fastify.inject({ url })
      expect([url, answer.statusCode, answer.body]).toEqual([url, 200, PAGE])
      expect(answer.headers).toMatchObject({ 'cache-control': 'no-cache', 'x-content-type-options': 'nosniff' })
    }
  })

  it('lets only its own scripts run, and no other page frame it', async () => {
    writeBuild()
    registerApp(http.fastify, build)
    for (const url of ['/', '/index.html', '/acme/shop']) {
      const policy = String((await http.fastify.inject({ url })).headers['content-security-policy'])
      expect(policy).toContain(`script-src 'self' 'sha256-${createHash('sha256').update(SCRIPT).digest('base64')}';`)
      expect(policy).toContain("frame-ancestors 'none'")
      expect(policy).not.toContain('unsafe-eval')
    }
  })

  it('has its assets cached for ever, compressed for who can read that', async () => {
    writeBuild()
    registerApp(http.fastify, build)
    const url = '/_app/immutable/app.abc.js'
    const plain = await http.fastify.inject({ url })
    expect(plain.body).toBe('export {}')
    expect(plain.headers['cache-control']).toBe('public, max-age=31536000, immutable')
    const compressed = await http.fastify.inject({ url, headers: { 'accept-encoding': 'br' } })
    expect(compressed.headers['content-encoding']).toBe('br')
    expect(compressed.headers['content-type']).toContain('javascript')
    expect(compressed.headers['cache-control']).toContain('immutable')
  })

  it('is no answer to a machine: unknown endpoints, assets and methods get JSON', async () => {
    writeBuild()
    registerApp(http.fastify, build)
    for (const [method, url] of [
      ['GET', '/api/0/nothing'],
      ['GET', '/api'],
      ['GET', '/errortracking/api/v1'],
      ['GET', '/_app/immutable/gone.js'],
      ['POST', '/acme/shop'],
    ] as const) {
      const answer = await http.fastify.inject({ method, url })
      expect([url, answer.statusCode]).toEqual([url, 404])
      expect(answer.json()).toHaveProperty('detail')
    }
  })

  it('never gives away files beside it', async () => {
    writeBuild()
    registerApp(http.fastify, build)
    for (const url of ['/../package.json', '/%2e%2e/package.json', '/_app/..%2f..%2fpackage.json']) {
      expect((await http.fastify.inject({ url })).body).not.toContain('"name"')
    }
  })

  it('is answered 404 where it is not built', async () => {
    registerApp(http.fastify, build)
    expect((await http.fastify.inject({ url: '/' })).statusCode).toBe(404)
  })
})
