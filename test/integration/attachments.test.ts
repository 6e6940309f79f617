// Files that belong to events: stored before the answer, listed on the event, and handed out as Sentry's API does.

import { randomBytes, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestServer, type TestServer } from '../support/create-test-server.ts'
import { makeEvent } from '../support/make-event.ts'
import { replayRecording } from '../support/replay.ts'
import { until } from '../support/until.ts'

const MIB = 1024 * 1024
const makeId = () => randomUUID().replaceAll('-', '')

let server: TestServer
beforeAll(async () => {
  server = await createTestServer()
})
afterAll(() => server.stop())

interface Described {
  id: string
  name: string
  contentType: string
  size: number
  type: string
  downloadPath: string
}

type ItemHeader = Record<string, string | number>

type Bytes = Buffer<ArrayBuffer>

function makeItem(header: ItemHeader, payload: Buffer | string): Bytes {
  const bytes = Buffer.from(payload)
  const line = JSON.stringify({ type: 'attachment', length: bytes.length, ...header })
  return Buffer.concat([Buffer.from(`${line}\n`), bytes, Buffer.from('\n')])
}

function makeEnvelope(eventId: string | null, ...items: Bytes[]): Bytes {
  return Buffer.concat([Buffer.from(`${JSON.stringify(eventId === null ? {} : { event_id: eventId })}\n`), ...items])
}

const eventItem = (event: object) => makeItem({ type: 'event' }, JSON.stringify(event))

async function listOnEvent(eventId: string): Promise<Described[]> {
  const { project } = await server.gql<{
    project: { issues: { nodes: { events: { nodes: { eventId: string; attachments: Described[] }[] } }[] } }
  }>(
    `{ project(path: "acme/shop") { issues(first: 10) { nodes { events(first: 10) { nodes {
         eventId attachments { id name contentType size type downloadPath } } } } } } }`,
  )
  const events = project.issues.nodes.flatMap((issue) => issue.events.nodes)
  const event = events.find((each) => each.eventId === eventId)
  if (event === undefined) throw new Error('the event is not there')
  return event.attachments
}

const ask = (path: string, headers: Record<string, string> = { Authorization: `Bearer ${server.token}` }) =>
  fetch(server.url + path, { headers })
const listPath = (eventId: string, path = 'acme/shop') => `/api/0/projects/${path}/events/${eventId}/attachments/`
const download = async (path: string) => Buffer.from(await (await ask(path)).arrayBuffer())

async function listByRest(eventId: string): Promise<{ id: string; name: string; size: number }[]> {
  return (await (await ask(listPath(eventId))).json()) as { id: string; name: string; size: number }[]
}

async function countOutcomes(outcome: string, reason: string, category = 'attachment'): Promise<number> {
  const { rows } = await server.database.pool.query<{ sum: string | null }>(
    'SELECT sum(quantity) FROM outcome WHERE outcome = $1 AND reason = $2 AND category = $3',
    [outcome, reason, category],
  )
  return Number(rows[0]?.sum ?? 0)
}

describe('an attachment', () => {
  it('is listed on its event, and comes back byte for byte, over more than one row', async () => {
    const event = makeEvent({ type: 'WithFiles' })
    const large = randomBytes(2 * MIB + 17)
    const sent = makeEnvelope(
      event.event_id,
      eventItem(event),
      makeItem({ filename: 'large.bin' }, large),
      makeItem({ filename: 'empty.txt', content_type: 'text/plain; charset=utf-8' }, ''),
    )
    expect((await server.sendEnvelope(sent)).status).toBe(200)
    const listed = await listOnEvent(event.event_id)
    expect(listed.map(({ name, contentType, size }) => ({ name, contentType, size }))).toEqual([
      { name: 'empty.txt', contentType: 'text/plain', size: 0 },
      { name: 'large.bin', contentType: 'application/octet-stream', size: large.length },
    ])
    expect((await download(listed[1]?.downloadPath ?? '')).equals(large)).toBe(true)
    expect((await download(listed[0]?.downloadPath ?? '')).length).toBe(0)
    const { rows } = await server.database.pool.query<{ length: number }>(
      'SELECT length(bytes) FROM attachment_chunk ORDER BY position',
    )
    expect(rows.map(({ length }) => length)).toEqual([MIB, MIB, 17])
  })

  it('may come before its event, and is stored once however often it is sent', async () => {
    const event = makeEvent({ type: 'ComesLater' })
    const early = makeEnvelope(event.event_id, makeItem({ filename: 'early.log' }, 'first\nsecond'))
    await server.sendEnvelope(early)
    await server.sendEnvelope(early)
    await server.sendEvent(event)
    expect((await listOnEvent(event.event_id)).map(({ name }) => name)).toEqual(['early.log'])
    await until(async () => (await countOutcomes('dropped', 'duplicate')) === 1)
  })

  it('belongs to the event beside it where the header names none', async () => {
    const event = makeEvent({ type: 'NamedByItself' })
    await server.sendEnvelope(makeEnvelope(null, makeItem({ filename: 'beside.log' }, 'x'), eventItem(event)))
    expect((await listOnEvent(event.event_id)).map(({ name }) => name)).toEqual(['beside.log'])
  })

  it('is dropped alone where no event is named', async () => {
    const before = await countOutcomes('dropped', 'invalid')
    const answer = await server.sendEnvelope(makeEnvelope(null, makeItem({ filename: 'nobody.log' }, 'x')))
    expect(answer.status).toBe(200)
    await until(async () => (await countOutcomes('dropped', 'invalid')) === before + 1)
  })

  it('that makes an envelope too large is dropped alone; the event and the other files live', async () => {
    const event = makeEvent({ type: 'TooMuch' })
    const zeros = Buffer.alloc(12 * MIB)
    const body = makeEnvelope(
      event.event_id,
      makeItem({ filename: 'a.bin' }, zeros),
      makeItem({ filename: 'b.bin' }, zeros),
      makeItem({ filename: 'c.bin' }, 'fits'),
      eventItem(event),
    )
    const compressed = new Blob([body]).stream().pipeThrough(new CompressionStream('gzip'))
    const small = Buffer.from(await new Response(compressed).arrayBuffer())
    expect((await server.sendEnvelope(small, { 'Content-Encoding': 'gzip' })).status).toBe(200)
    expect((await listOnEvent(event.event_id)).map(({ name }) => name)).toEqual(['a.bin', 'c.bin'])
    await until(async () => (await countOutcomes('dropped', 'too_large')) === 1)
  })

  it.each([
    ['a path of any system', 'C:\\logs\\..\\today/shop.log', 'shop.log'],
    ['control and direction characters', 'sh\u0000op\r\n\u202egol.exe', 'sh\ufffdopgol.exe'],
    ['nothing but a path', '../..', 'unnamed'],
    ['no name', '', 'unnamed'],
  ])('loses %s in its name', async (_what, filename, expected) => {
    const eventId = makeId()
    await server.sendEnvelope(makeEnvelope(eventId, makeItem({ filename }, 'x')))
    expect((await listByRest(eventId)).map(({ name }) => name)).toEqual([expected])
  })

  it.each([
    ['sentry-node-11.12.0-attachment-01.http', 3],
    ['sentry-python-1.21.0-attachment-01.http', 4],
    ['sentry-go-0.50.0-attachment-01.http', 2],
    ['sentry-java-8.62.0-attachment-01.http', 2],
    ['sentry-browser-11.12.0-attachment-01.http', 2],
  ])('of the recording %s is stored, as are the others: %i', async (name, files) => {
    const stored = async () => {
      const { rows } = await server.database.pool.query<{ count: string }>('SELECT count(*) FROM attachment')
      return Number(rows[0]?.count)
    }
    const before = await stored()
    const answer = await replayRecording(name, server.url)
    expect(answer.status).toBe(200)
    expect(await stored()).toBe(before + files)
  })
})

describe('the endpoint for attachments', () => {
  const post = (eventId: string, body: BodyInit, headers: Record<string, string> = {}) =>
    fetch(`${server.url}/api/1/events/${eventId}/attachments/?sentry_key=${server.project.publicKey}`, {
      method: 'POST',
      body,
      headers,
    })

  it('stores each file of a form for an event of any time, and answers 201 without a body', async () => {
    const eventId = makeId()
    const form = new FormData()
    form.append('one', new Blob(['1'], { type: 'text/plain' }), 'one.txt')
    form.append('two', new Blob([new Uint8Array([0, 255])]), 'zwei ü.bin')
    const answer = await post(eventId, form)
    expect({ status: answer.status, body: await answer.text() }).toEqual({ status: 201, body: '' })
    expect((await listByRest(eventId)).map(({ name }) => name)).toEqual(['one.txt', 'zwei ü.bin'])
  })

  it.each([
    ['no form', 'x', { 'Content-Type': 'text/plain' }],
    ['a form without a boundary', 'x', { 'Content-Type': 'multipart/form-data' }],
    [
      'a form that ends early',
      '--b\r\nContent-Disposition: form-data; name="a"; filename="a"\r\n\r\nx',
      { 'Content-Type': 'multipart/form-data; boundary=b' },
    ],
  ])('refuses %s with 400', async (_what, body, headers) => {
    const answer = await post(makeId(), body, headers)
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({ detail: 'invalid multipart data' })
  })
})

describe("Sentry's API for attachments", () => {
  it('describes a file as Sentry does', async () => {
    const eventId = makeId()
    await server.sendEnvelope(
      makeEnvelope(eventId, makeItem({ filename: 'cart.json', content_type: 'application/json' }, '{"a":1}')),
    )
    const [listed] = await listByRest(eventId)
    const described = {
      id: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
      event_id: eventId,
      type: 'event.attachment',
      name: 'cart.json',
      mimetype: 'application/json',
      dateCreated: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) as string,
      size: 7,
      headers: { 'Content-Type': 'application/json' },
    }
    expect(listed).toEqual({ ...described, sha1: expect.stringMatching(/^[0-9a-f]{40}$/) as string })
    const single = await ask(`${listPath(eventId)}${listed?.id}/`)
    expect(await single.json()).toEqual(listed)
  })

  it('hands a file out as a download that no browser runs', async () => {
    const eventId = makeId()
    const name = 'ein "böses"; filename=x.html'
    const page = '<script>alert(1)</script>'
    await server.sendEnvelope(makeEnvelope(eventId, makeItem({ filename: name, content_type: 'text/html' }, page)))
    const [listed] = await listByRest(eventId)
    const answer = await ask(`${listPath(eventId)}${listed?.id}/?download=1`)
    expect(answer.headers.get('content-disposition')).toBe(
      `attachment; filename="ein _b_ses__ filename=x.html"; filename*=UTF-8''ein%20%22b%C3%B6ses%22%3B%20filename%3Dx.html`,
    )
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
    expect(answer.headers.get('content-security-policy')).toContain('sandbox')
    expect(await answer.text()).toBe(page)
  })

  it.each([
    ['without a token', 401, {}],
    ['with a wrong token', 401, { 'PRIVATE-TOKEN': 'flt_wrong' }],
  ])('answers %s %i as JSON', async (_what, status, headers) => {
    const answer = await ask(listPath(makeId()), headers as Record<string, string>)
    expect(answer.status).toBe(status)
    expect(await answer.json()).toEqual({ detail: expect.any(String) as string })
  })

  it('takes PRIVATE-TOKEN too, and needs no last slash', async () => {
    const answer = await ask(listPath(makeId()).slice(0, -1), { 'PRIVATE-TOKEN': server.token })
    expect({ status: answer.status, body: await answer.json() }).toEqual({ status: 200, body: [] })
  })

  it.each([
    ['a project that is not there', listPath(makeId(), 'acme/nothing')],
    ['an event id that is none', listPath('latest')],
    ['an attachment that is not there', `${listPath(makeId())}${makeId()}/?download=1`],
  ])('answers 404 to %s', async (_what, path) => {
    const answer = await ask(path)
    expect(answer.status).toBe(404)
    expect(await answer.json()).toEqual({ detail: expect.any(String) as string })
  })

  it('never reaches into another project', async () => {
    const eventId = makeId()
    await server.sendEnvelope(makeEnvelope(eventId, makeItem({ filename: 'mine.log' }, 'x')))
    const [listed] = await listByRest(eventId)
    await server.seed.project('acme/other').withClientKey()
    expect((await ask(`${listPath(eventId, 'acme/other')}${listed?.id}/?download=1`)).status).toBe(404)
  })
})
