// The keys of a project: what may be set of one, what ingest makes of it, and a rotation while events come in.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestServer, type TestServer } from '../support/create-test-server.ts'
import { makeEnvelope, makeEvent } from '../support/make-event.ts'
import { until } from '../support/until.ts'

interface Key {
  id: string
  name: string
  publicKey: string
  dsn: string
  legacyDsn: string
  active: boolean
  expiresAt: string | null
  rotatedAt: string | null
  eventsPerMinute: number | null
  allowedOrigins: string[]
}

const FIELDS = 'id name publicKey dsn legacyDsn active expiresAt rotatedAt eventsPerMinute allowedOrigins'

let server: TestServer
/** Milliseconds that the server's clock is ahead of ours. */
let aheadMs = 0
let project: string

beforeAll(async () => {
  server = await createTestServer({ clock: () => Date.now() + aheadMs })
  project = (await server.gql<{ project: { id: string } }>('{ project(path: "acme/shop") { id } }')).project.id
})
afterAll(() => server.stop())

async function createKey(settings: object = {}): Promise<Key> {
  const { createClientKey } = await server.gql<{ createClientKey: { clientKey: Key } }>(
    `mutation ($input: CreateClientKeyInput!) { createClientKey(input: $input) { clientKey { ${FIELDS} } } }`,
    { input: { project, ...settings } },
  )
  return createClientKey.clientKey
}

async function updateKey(clientKey: string, settings: object): Promise<Key> {
  const { updateClientKey } = await server.gql<{ updateClientKey: { clientKey: Key } }>(
    `mutation ($input: UpdateClientKeyInput!) { updateClientKey(input: $input) { clientKey { ${FIELDS} } } }`,
    { input: { clientKey, ...settings } },
  )
  return updateClientKey.clientKey
}

async function send(publicKey: string, headers: Record<string, string> = {}): Promise<number> {
  const event = makeEvent()
  return (await server.sendEnvelope(makeEnvelope(event), headers, { ...server.project, publicKey })).status
}

async function complain(mutation: string, input: object): Promise<string | undefined> {
  const type = `${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input`
  const { errors } = await server.ask(`mutation ($input: ${type}!) { ${mutation}(input: $input) { __typename } }`, {
    input,
  })
  return errors?.[0] && `${errors[0].extensions?.code}: ${errors[0].message}`
}

describe('a client key', () => {
  it('has a name, a limit, origins and an end, which can be changed and taken back', async () => {
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString()
    const key = await createKey({
      name: ' Shop ',
      eventsPerMinute: 100,
      allowedOrigins: ['*.Example.com', ''],
      expiresAt,
    })
    expect(key).toMatchObject({
      ...{ name: 'Shop', active: true, eventsPerMinute: 100, allowedOrigins: ['*.example.com'], expiresAt },
    })
    expect(await updateKey(key.id, { name: 'Till' })).toEqual({ ...key, name: 'Till' })
    const cleared = { eventsPerMinute: null, allowedOrigins: [], expiresAt: null }
    expect(await updateKey(key.id, cleared)).toMatchObject({ name: 'Till', ...cleared })
  })

  it('is turned off and on at once', async () => {
    const key = await createKey()
    expect(await send(key.publicKey)).toBe(200)
    await updateKey(key.id, { active: false })
    expect(await send(key.publicKey)).toBe(403)
    await updateKey(key.id, { active: true })
    expect(await send(key.publicKey)).toBe(200)
  })

  it.each(['glet_aa77551d849c083f76d0bc545ed053a3', 'ABCDEF_12345678'])(
    'comes along from elsewhere: %s',
    async (publicKey) => {
      const key = await createKey({ publicKey, name: 'from GitLab' })
      expect(key).toMatchObject({ publicKey, dsn: `${server.url.replace('://', `://${publicKey}@`)}/1` })
      expect(await send(publicKey)).toBe(200)
      expect(await complain('createClientKey', { project, publicKey })).toBe('CONFLICT: This key is in use already.')
    },
  )

  it('has a DSN with a secret for raven, which takes what ingest takes', async () => {
    const { publicKey, legacyDsn } = await createKey()
    const { username, password, pathname } = new URL(legacyDsn)
    expect({ username, pathname }).toEqual({ username: publicKey, pathname: '/1' })
    const auth = `Sentry sentry_version=4, sentry_key=${username}, sentry_secret=${password}`
    expect(password).not.toBe('')
    const answer = await server.sendStore(JSON.stringify(makeEvent()), { 'X-Sentry-Auth': auth })
    expect(answer.status).toBe(200)
  })

  it.each([
    ['createClientKey', { publicKey: 'short' }, 'publicKey'],
    ['createClientKey', { publicKey: 'with-a-hyphen-in-it' }, 'publicKey'],
    ['createClientKey', { name: 'x'.repeat(101) }, 'name'],
    ['createClientKey', { eventsPerMinute: 0 }, 'eventsPerMinute'],
    ['createClientKey', { allowedOrigins: ['https://example.com/path'] }, 'https://example.com/path'],
    [
      'createClientKey',
      { allowedOrigins: Array.from({ length: 51 }, (_, index) => `${index}.example.com`) },
      'allowedOrigins',
    ],
  ])('is refused by %s with %o', async (mutation, settings, field) => {
    expect(await complain(mutation, { project, ...settings })).toMatch(new RegExp(`^INVALID: .*${field}`))
  })

  it('ends in the future, however it is set; one that has ended can still be given another name', async () => {
    const past = new Date(Date.now() - 1_000).toISOString()
    const refusal = 'INVALID: "expiresAt" must lie in the future. Make a key inactive to end it now.'
    expect(await complain('createClientKey', { project, expiresAt: past })).toBe(refusal)
    const { id } = await createKey()
    expect(await complain('updateClientKey', { clientKey: id, expiresAt: past })).toBe(refusal)
    expect(await complain('rotateClientKey', { clientKey: id, graceSeconds: -1 })).toMatch(/^INVALID: .*graceSeconds/)
    expect(await updateKey(id, {})).toMatchObject({ active: true, expiresAt: null })

    const expiresAt = new Date(Date.now() + 60_000).toISOString()
    await updateKey(id, { expiresAt })
    aheadMs = 61_000
    try {
      const ended = { name: 'Old till', active: false, expiresAt }
      expect(await updateKey(id, { name: 'Old till', expiresAt })).toMatchObject(ended)
    } finally {
      aheadMs = 0
    }
  })

  it('with origins is refused to pages elsewhere, with headers that let the browser read why', async () => {
    const { publicKey } = await createKey({ allowedOrigins: ['*.example.com'] })
    expect(await send(publicKey, { Origin: 'https://shop.example.com' })).toBe(200)
    expect(await send(publicKey, { Referer: 'https://shop.example.com/cart' })).toBe(200)
    // A program, not a page.
    expect(await send(publicKey)).toBe(200)
    expect(await send(publicKey, { Origin: 'null' })).toBe(403)
    expect(await send(publicKey, { Referer: 'https://evil.net/' })).toBe(403)
    const target = { ...server.project, publicKey }
    const refused = await server.sendEnvelope(makeEnvelope(makeEvent()), { Origin: 'https://evil.net' }, target)
    expect(refused.status).toBe(403)
    expect(refused.headers.get('access-control-allow-origin')).toBe('*')
    expect(await refused.json()).toEqual({ detail: expect.stringContaining('origin') })
    const seen = '{ project(path: "acme/shop") { clientErrors { code } } }'
    const { project: found } = await until(async () => {
      const answer = await server.gql<{ project: { clientErrors: { code: string }[] } }>(seen)
      return answer.project.clientErrors.some(({ code }) => code === 'REFUSED_ORIGIN') ? answer : null
    })
    expect(found.clientErrors).toContainEqual({ code: 'REFUSED_ORIGIN' })
  })

  it('that is rotated hands its settings on, and is written down with its changes', async () => {
    const key = await createKey({ name: 'Shop', eventsPerMinute: 7, allowedOrigins: ['example.com'] })
    const { rotateClientKey } = await server.gql<{ rotateClientKey: { newKey: Key; oldKey: Key } }>(
      `mutation ($id: ID!) { rotateClientKey(input: { clientKey: $id, graceSeconds: 60 }) {
         newKey { ${FIELDS} } oldKey { ${FIELDS} } } }`,
      { id: key.id },
    )
    const { newKey, oldKey } = rotateClientKey
    expect(newKey).toMatchObject({ name: 'Shop', eventsPerMinute: 7, allowedOrigins: ['example.com'], rotatedAt: null })
    expect(oldKey).toMatchObject({ id: key.id, active: true, rotatedAt: expect.any(String) })
    await updateKey(newKey.id, { name: 'Till' })
    const entries = await server.database.prisma.auditEntry.findMany({ orderBy: { id: 'asc' } })
    const ofKeys = entries.filter(({ target }) =>
      [key, newKey].some(({ publicKey }) => target.startsWith(publicKey.slice(0, 8))),
    )
    expect(ofKeys.map(({ action }) => action)).toEqual(['client_key.create', 'client_key.rotate', 'client_key.update'])
    expect(ofKeys.at(-1)?.changes).toEqual({ name: { from: 'Shop', to: 'Till' } })
    expect(JSON.stringify(entries.map(({ target, changes }) => [target, changes]))).not.toContain(newKey.publicKey)
  })

  it('that is to end sooner than a grace period is given no longer life by it', async () => {
    const rotate = async (id: string, graceSeconds: number): Promise<Key> => {
      const { rotateClientKey } = await server.gql<{ rotateClientKey: { oldKey: Key } }>(
        `mutation ($id: ID!, $graceSeconds: Int!) {
           rotateClientKey(input: { clientKey: $id, graceSeconds: $graceSeconds }) { oldKey { ${FIELDS} } } }`,
        { id, graceSeconds },
      )
      return rotateClientKey.oldKey
    }
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString()
    const { id } = await createKey({ expiresAt })
    expect(await rotate(id, 86_400)).toMatchObject({ active: true, expiresAt })
    const { expiresAt: sooner } = await rotate(id, 60)
    expect(Date.parse(sooner ?? '')).toBeLessThan(Date.parse(expiresAt))
    expect(await rotate(id, 86_400)).toMatchObject({ active: true, expiresAt: sooner })
    expect(await rotate(id, 0)).toMatchObject({ active: false })
  })
})

describe('a rotation while 500 events a second come in', () => {
  it('loses no event of the grace period, and takes none after it', async () => {
    const key = await createKey()
    const wave = 50
    const statuses = { grace: [] as number[], after: [] as number[] }
    /** A tenth of a second's events, all answered. */
    const sendWave = (to: number[]) =>
      Promise.all(Array.from({ length: wave }, async () => void to.push(await send(key.publicKey))))
    const countStored = async () =>
      Number((await server.database.pool.query('SELECT count(*) FROM event')).rows[0]?.count)
    const before = await countStored()
    await sendWave(statuses.grace)
    const rotating = server.gql<{ rotateClientKey: { oldKey: Key; newKey: Key } }>(
      `mutation ($id: ID!) { rotateClientKey(input: { clientKey: $id, graceSeconds: 3600 }) {
         oldKey { ${FIELDS} } newKey { ${FIELDS} } } }`,
      { id: key.id },
    )
    for (let waves = 0; waves < 5; waves += 1) await sendWave(statuses.grace)
    const { oldKey, newKey } = (await rotating).rotateClientKey
    // To the last second of the grace period.
    aheadMs = Date.parse(oldKey.expiresAt ?? '') - Date.now() - 60_000
    for (let waves = 0; waves < 4; waves += 1) await sendWave(statuses.grace)
    expect(await send(newKey.publicKey)).toBe(200)
    aheadMs += 60_001
    for (let waves = 0; waves < 4; waves += 1) await sendWave(statuses.after)
    expect(await send(newKey.publicKey)).toBe(200)
    expect(new Set(statuses.grace)).toEqual(new Set([200]))
    expect(new Set(statuses.after)).toEqual(new Set([403]))
    expect(statuses.grace).toHaveLength(10 * wave)
    // Those, and the two of the new key.
    expect((await countStored()) - before).toBe(10 * wave + 2)
  })
})
