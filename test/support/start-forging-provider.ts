// Something that calls itself an OpenID Connect provider and answers as a test says: signed by the wrong key, for somebody
// else, too large, or not at all.

import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface ForgingProvider {
  issuer: string
  /** Of the ID token; those that are needed are there already. */
  claims: Record<string, unknown>
  /** Signs the ID token with a key that its key set does not have. */
  signsWithOtherKey: boolean
  /** Instead of the discovery document. */
  discovery: 'honest' | 'huge' | 'other issuer' | 'away' | 'no JSON'
  requests: string[]
  stop(): Promise<void>
}

const HUGE_BYTES = 8 * 1024 * 1024

export async function startForgingProvider(): Promise<ForgingProvider> {
  const key = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const otherKey = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://any')
    provider.requests.push(pathname)
    const answer = (content: unknown) =>
      response.setHeader('content-type', 'application/json').end(JSON.stringify(content))
    if (pathname === '/jwks') {
      return answer({ keys: [{ ...key.publicKey.export({ format: 'jwk' }), kid: 'one', alg: 'RS256', use: 'sig' }] })
    }
    if (pathname === '/token') {
      const nowSeconds = Math.floor(Date.now() / 1000)
      const claims = {
        iss: provider.issuer,
        aud: 'faultline',
        iat: nowSeconds,
        exp: nowSeconds + 60,
        ...provider.claims,
      }
      const idToken = signToken(claims, provider.signsWithOtherKey ? otherKey.privateKey : key.privateKey)
      return answer({ access_token: 'a', token_type: 'Bearer', id_token: idToken })
    }
    if (provider.discovery === 'away') return response.writeHead(503).end()
    if (provider.discovery === 'no JSON') return response.end('<html>')
    if (provider.discovery === 'huge') return response.end(`{"issuer":"${'x'.repeat(HUGE_BYTES)}"}`)
    const issuer = provider.discovery === 'other issuer' ? 'https://id.example.com' : provider.issuer
    return answer({
      issuer,
      authorization_endpoint: `${provider.issuer}/authorize`,
      token_endpoint: `${provider.issuer}/token`,
      jwks_uri: `${provider.issuer}/jwks`,
      id_token_signing_alg_values_supported: ['RS256'],
    })
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const provider: ForgingProvider = {
    issuer: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    claims: {},
    signsWithOtherKey: false,
    discovery: 'honest',
    requests: [],
    stop: () =>
      new Promise((stopped) => {
        server.close(() => stopped())
        server.closeAllConnections()
      }),
  }
  return provider
}

function signToken(claims: Record<string, unknown>, key: KeyObject): string {
  const encode = (part: unknown) => Buffer.from(JSON.stringify(part)).toString('base64url')
  const signed = `${encode({ alg: 'RS256', kid: 'one', typ: 'JWT' })}.${encode(claims)}`
  return `${signed}.${sign('sha256', Buffer.from(signed), key).toString('base64url')}`
}
