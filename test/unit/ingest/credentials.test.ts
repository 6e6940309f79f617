import type { IncomingMessage } from 'node:http'
import { describe, expect, it } from 'vitest'
import { readCredentials, readDsn, readOldClient } from '../../../server/ingest/read-credentials.ts'
import { matchIngestPath } from '../../../server/ingest/match-ingest-path.ts'

const KEY = '0123456789abcdef0123456789abcdef'

function read(headers: Record<string, string>, url = '/api/1/envelope/') {
  return readCredentials({ headers } as unknown as IncomingMessage, url)
}

describe('readCredentials', () => {
  it('reads X-Sentry-Auth with blanks, without blanks, and in any order', () => {
    for (const auth of [
      `Sentry sentry_version=7, sentry_client=sentry.go/0.20.0, sentry_timestamp=1690000000, sentry_key=${KEY}`,
      `Sentry sentry_version=7,sentry_client=sentry.go/0.20.0,sentry_key=${KEY}`,
      `sentry sentry_key=${KEY}, sentry_secret=ignored, sentry_client=sentry.go/0.20.0, unknown=x`,
    ]) {
      expect(read({ 'x-sentry-auth': auth })).toEqual({ publicKey: KEY, client: 'sentry.go/0.20.0', projectId: null })
    }
  })

  it('reads Authorization in the same form, and as Basic', () => {
    expect(read({ authorization: `Sentry sentry_key=${KEY}` })?.publicKey).toBe(KEY)
    expect(read({ authorization: `Basic ${Buffer.from(`${KEY}:`).toString('base64')}` })?.publicKey).toBe(KEY)
  })

  it('takes the User-Agent of a client that says nowhere else who it is, and of no other', () => {
    expect(readOldClient('raven-go/1.0')).toBe('raven-go/1.0')
    for (const agent of [undefined, '', 'curl/8.5', 'Mozilla/5.0 (raven-go/1.0)', `raven-${'x'.repeat(99)}/1`]) {
      expect(readOldClient(agent)).toBeNull()
    }
  })

  it('reads the query', () => {
    const url = `/api/1/envelope/?sentry_key=${KEY}&sentry_version=7&sentry_client=sentry.javascript.node%2F7.38.0`
    expect(read({}, url)).toEqual({ publicKey: KEY, client: 'sentry.javascript.node/7.38.0', projectId: null })
  })

  it('takes keys that were brought along from GitLab', () => {
    expect(read({}, '/api/1/store/?sentry_key=glet_0123456789abcdef0123456789abcdef')?.publicKey).toMatch(/^glet_/)
  })

  it('counts a header of another scheme as absent', () => {
    expect(read({ authorization: 'Bearer abc', 'x-sentry-auth': '' })).toBeNull()
    expect(read({})).toBeNull()
  })

  it('refuses keys and versions that cannot be', () => {
    expect(() => read({ 'x-sentry-auth': "Sentry sentry_key='; drop" })).toThrow('bad sentry DSN public key')
    expect(() => read({ 'x-sentry-auth': `Sentry sentry_version=8, sentry_key=${KEY}` })).toThrow(
      'unsupported protocol version (8)',
    )
    expect(read({ 'x-sentry-auth': `Sentry sentry_version=2.0, sentry_key=${KEY}` })?.publicKey).toBe(KEY)
  })

  it('reads the DSN of an envelope header', () => {
    expect(readDsn(`https://${KEY}@errors.example.com/sub/42`)).toMatchObject({ publicKey: KEY, projectId: 42 })
    for (const dsn of [null, 7, 'nonsense', `https://${KEY}@host/abc`, 'https://host/1'])
      expect(readDsn(dsn)).toBeNull()
  })
})

describe('matchIngestPath', () => {
  it('takes every form of the address', () => {
    for (const url of [
      '/api/1/envelope/',
      '/api/1/envelope',
      '//api//1//envelope/',
      '/api/1/envelope/?sentry_key=x',
      '/sub/api/1/envelope/',
      '/errortracking/api/v1/projects/api/1/envelope',
      '/api/v4/error_tracking/collector/api/1/envelope/',
    ]) {
      expect(matchIngestPath(url), url).toMatchObject({ endpoint: { name: 'envelope' }, projectId: 1 })
    }
    expect(matchIngestPath('/api/store/')).toMatchObject({ endpoint: { name: 'store' }, projectId: null })
    expect(matchIngestPath('/api/envelope')).toMatchObject({ endpoint: { name: 'envelope' }, projectId: null })
  })

  it('leaves other addresses to the rest of the server', () => {
    for (const url of [
      '/',
      '/graphql',
      '/api/0/projects/',
      '/api/0/store/',
      '/api/v4/store',
      '/api/x/store/',
      '/a/b',
    ]) {
      expect(matchIngestPath(url), url).toBeNull()
    }
  })
})
