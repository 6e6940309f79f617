// Files that come before the envelope that names them, as sentry-native sends those of 100 MB and more: created, sent in
// one PATCH, named by a placeholder.

import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { deleteUnusedUploads } from '../../server/jobs/delete-unused-uploads.ts'
import { createTestServer, type TestServer } from '../support/create-test-server.ts'
import { makeEvent } from '../support/make-event.ts'
import { until } from '../support/until.ts'

let server: TestServer
beforeAll(async () => {
  server = await createTestServer()
})
afterAll(() => server.stop())

const MIB = 1024 * 1024
const auth = () => ({ 'X-Sentry-Auth': `Sentry sentry_key=${server.project.publicKey}, sentry_version=7` })
const TUS = { 'Tus-Resumable': '1.0.0' }
const BYTES = { ...TUS, 'Content-Type': 'application/offset+octet-stream' }

const create = (size: number | string, headers: Record<string, string> = {}, body?: BodyInit) =>
  fetch(`${server.url}/api/1/upload/`, {
    method: 'POST',
    headers: { ...auth(), ...TUS, 'Upload-Length': String(size), ...headers },
    ...(body !== undefined && { body }),
  })
const patch = (location: string, offset: number, bytes: Buffer, headers: Record<string, string> = {}) =>
  fetch(server.url + location, {
    method: 'PATCH',
    headers: { ...auth(), ...BYTES, 'Upload-Offset': String(offset), ...headers },
    body: new Uint8Array(bytes),
  })
const locationOf = (answer: Response) => answer.headers.get('location') ?? ''
async function startUpload(size: number): Promise<string> {
  const created = await create(size)
  expect(created.status).toBe(201)
  return locationOf(created)
}
const offsetOf = async (location: string) =>
  (await fetch(server.url + location, { method: 'HEAD', headers: { ...auth(), ...TUS } })).headers.get('upload-offset')

interface SeenFile {
  name: string
  type: string
  contentType: string
  size: number
  downloadPath: string
}

/** An event with a placeholder, and its files as the event's page has them. */
async function sendEventNaming(location: string, header: Record<string, unknown> = {}): Promise<SeenFile[]> {
  const event = makeEvent({ event_id: randomUUID().replaceAll('-', '') })
  const payload = JSON.stringify({ location, path: 'dumps/crash.dmp', content_type: 'application/x-dmp' })
  const item = {
    ...{ type: 'attachment', content_type: 'application/vnd.sentry.attachment-ref+json', filename: 'crash.dmp' },
    ...{ attachment_type: 'event.minidump', length: Buffer.byteLength(payload), ...header },
  }
  const lines = [{ event_id: event.event_id }, { type: 'event' }, event, item].map((line) => JSON.stringify(line))
  expect((await server.sendEnvelope([...lines, payload, ''].join('\n'))).status).toBe(200)
  const id = Buffer.from(`Event:1.${new Date().toISOString().slice(0, 10)}.${event.event_id}`).toString('base64url')
  const { node } = await server.gql<{ node: { attachments: SeenFile[] } }>(
    'query ($id: ID!) { node(id: $id) { ... on Event { attachments { name type contentType size downloadPath } } } }',
    { id },
  )
  return node.attachments
}

describe('an upload', () => {
  it('is a file of the event whose envelope names it, byte for byte', async () => {
    const bytes = randomBytes(5 * MIB + 17)
    const location = await startUpload(bytes.length)
    expect(location).toMatch(/^\/api\/1\/upload\/[0-9a-f]{32}\/\?length=5242897$/)
    const sent = await patch(location, 0, bytes)
    expect([sent.status, sent.headers.get('upload-offset'), sent.headers.get('tus-resumable')]).toEqual([
      204,
      String(bytes.length),
      '1.0.0',
    ])
    const [file, ...others] = await sendEventNaming(location)
    expect(others).toEqual([])
    expect(file).toMatchObject({
      ...{ name: 'crash.dmp', type: 'event.minidump', contentType: 'application/x-dmp', size: bytes.length },
    })
    const download = await fetch(server.url + (file?.downloadPath ?? ''), {
      headers: { Authorization: `Bearer ${server.token}` },
    })
    const downloaded = Buffer.from(await download.arrayBuffer())
    expect(createHash('sha1').update(downloaded).digest('hex')).toBe(createHash('sha1').update(bytes).digest('hex'))
    const { rows } = await server.database.pool.query<{ sha1: string }>(
      'SELECT sha1 FROM attachment ORDER BY received_at DESC LIMIT 1',
    )
    expect(rows[0]?.sha1).toBe(createHash('sha1').update(bytes).digest('hex'))
    expect((await patch(location, bytes.length, Buffer.from('x'))).status).toBe(404)
  })

  it('may come with its creation, and be named by the older placeholder', async () => {
    const created = await create(3, { 'Content-Type': BYTES['Content-Type'] }, 'abc')
    expect([created.status, created.headers.get('upload-offset')]).toEqual([201, '3'])
    const files = await sendEventNaming(locationOf(created), { content_type: 'application/vnd.sentry.attachment-ref' })
    expect(files).toMatchObject([{ name: 'crash.dmp', size: 3 }])
  })

  it('goes on where it stands, and nowhere else', async () => {
    const location = await startUpload(10)
    expect((await patch(location, 0, Buffer.from('01234'))).status).toBe(204)
    expect(await offsetOf(location)).toBe('5')
    expect((await patch(location, 0, Buffer.from('01234'))).status).toBe(409)
    expect((await patch(location, 5, Buffer.from('567890'))).status).toBe(413)
    expect((await sendEventNaming(location)).length).toBe(0)
    expect((await patch(location, 5, Buffer.from('56789'))).status).toBe(204)
    expect(await sendEventNaming(location)).toMatchObject([{ size: 10 }])
  })

  it('keeps whole pieces of a request that breaks off', async () => {
    const location = await startUpload(4 * MIB)
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
    const head = [
      `PATCH ${location} HTTP/1.1`,
      'Host: localhost',
      ...Object.entries({ ...auth(), ...BYTES, 'Upload-Offset': '0', 'Content-Length': String(4 * MIB) }).map(
        ([name, value]) => `${name}: ${value}`,
      ),
    ]
    socket.write(`${head.join('\r\n')}\r\n\r\n`)
    socket.write(Buffer.alloc(2 * MIB + 100, 7))
    await until(async () => (await offsetOf(location)) === String(2 * MIB), { what: 'two pieces' })
    socket.destroy()
    await until(async () => (await patch(location, 2 * MIB, Buffer.alloc(2 * MIB, 7))).status === 204, {
      what: 'the rest',
    })
    expect(await sendEventNaming(location)).toMatchObject([{ size: 4 * MIB }])
  })

  it('that two send at once has each byte once', async () => {
    const location = await startUpload(1.5 * MIB)
    const answers = await Promise.all([1, 2].map((byte) => patch(location, 0, Buffer.alloc(1.5 * MIB, byte))))
    expect(answers.map(({ status }) => status).toSorted()).toEqual([204, 409])
    expect(await sendEventNaming(location)).toMatchObject([{ size: 1.5 * MIB }])
  })

  it('is one event’s: the same envelope again adds nothing, and others get nothing', async () => {
    const location = await startUpload(3)
    await patch(location, 0, Buffer.from('abc'))
    expect(await sendEventNaming(location)).toHaveLength(1)
    expect(await sendEventNaming(location)).toHaveLength(0)
    expect(await sendEventNaming('/api/1/upload/nothing/')).toHaveLength(0)
    expect(await sendEventNaming(`/api/1/upload/${'a'.repeat(32)}/`)).toHaveLength(0)
  })

  it('is refused without a key, a length, or where it is too large', async () => {
    const other = await server.seed.project().withClientKey()
    expect((await create(3, { 'X-Sentry-Auth': '' })).status).toBe(401)
    expect((await create(3, { 'X-Sentry-Auth': `Sentry sentry_key=${other.publicKey}` })).status).toBe(403)
    expect((await create('')).status).toBe(400)
    expect((await create('-1')).status).toBe(400)
    expect((await create(1024 * MIB + 1)).status).toBe(413)
    expect((await create(3, { 'Tus-Resumable': '0.2.2' })).status).toBe(412)
    const location = await startUpload(3)
    expect((await patch(location, 0, Buffer.from('abc'), { 'Content-Type': 'text/plain' })).status).toBe(415)
    expect((await fetch(`${server.url}/api/1/upload/`, { headers: auth() })).status).toBe(405)
    const elsewhere = location.replace('/api/1/', `/api/${other.number}/`)
    const asOther = { 'X-Sentry-Auth': `Sentry sentry_key=${other.publicKey}` }
    expect((await patch(elsewhere, 0, Buffer.from('abc'), asOther)).status).toBe(404)
  })

  it('that no envelope names goes after a day, with its bytes', async () => {
    const { pool } = server.database
    const location = await startUpload(3)
    await patch(location, 0, Buffer.from('abc'))
    const count = async () => {
      const { rows } = await pool.query<{ uploads: number; pieces: number }>(
        `SELECT (SELECT count(*)::int FROM attachment_upload WHERE id = $1) AS uploads,
                (SELECT count(*)::int FROM attachment_chunk WHERE attachment_id = $1) AS pieces`,
        [/upload\/(\w+)/.exec(location)?.[1]],
      )
      return rows[0]
    }
    await deleteUnusedUploads(pool, Date.now())
    expect(await count()).toEqual({ uploads: 1, pieces: 1 })
    await deleteUnusedUploads(pool, Date.now() + 25 * 60 * 60 * 1000)
    expect(await count()).toEqual({ uploads: 0, pieces: 0 })
    expect(await offsetOf(location)).toBeNull()
  })
})
