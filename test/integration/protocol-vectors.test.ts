// The vectors that Relay's own parser tests gave rise to, over HTTP against the real server: how each envelope is answered,
// and what of it is stored. Where we take what Relay refuses, the name of the test says so.

import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createTestServer, type SeededProject, type TestServer } from '../support/create-test-server.ts'
import { readWholeEvents, type WholeEvent } from '../support/read-whole-events.ts'
import { until } from '../support/until.ts'

const ID = '9ec79c33ec9942ab8353589fcb2e04dc'
const HEADER = `{"event_id":"${ID}"}`
const MESSAGE = '{"message":"x"}'

let server: TestServer
beforeAll(async () => {
  server = await createTestServer()
})
afterAll(() => server.stop())

interface Answer {
  status: number
  body: unknown
  events: WholeEvent[]
  project: SeededProject
}

/** Posts to a project of its own. */
async function post(body: string | Buffer<ArrayBuffer>, headers: Record<string, string> = {}): Promise<Answer> {
  const project = await server.seed.project().withClientKey()
  const response = await server.sendEnvelope(body, headers, project)
  return {
    status: response.status,
    body: await response.json(),
    events: await readWholeEvents(server, project.path),
    project,
  }
}

function expectOneMessage({ status, body, events }: Answer, text = 'x'): string {
  expect(status).toBe(200)
  expect(events.map(({ message }) => message)).toEqual([text])
  const [{ eventId }] = events as [WholeEvent]
  expect(body).toEqual({ id: eventId })
  return eventId
}

const refused = (...causes: string[]) => ({
  status: 400,
  body: { detail: 'invalid event envelope', causes },
  events: [],
})

it('vector 1: a header alone is answered 200 without an id', async () => {
  expect(await post('{}')).toMatchObject({ status: 200, body: {}, events: [] })
})

it('vector 2: a header and its newline alone, too', async () => {
  expect(await post('{}\n')).toMatchObject({ status: 200, body: {}, events: [] })
})

it('vector 3: an empty body is refused', async () => {
  expect(await post('')).toMatchObject({ status: 400, body: { detail: 'empty request body' } })
})

it('vector 4: an item without length ends with the body', async () => {
  expect(expectOneMessage(await post(`${HEADER}\n{"type":"event"}\n${MESSAGE}`))).toBe(ID)
})

it('vector 5: an item without length ends at its newline', async () => {
  expect(expectOneMessage(await post(`${HEADER}\n{"type":"event"}\n${MESSAGE}\n`))).toBe(ID)
})

it('vector 6: an item goes by its length, and an event without an id gets one', async () => {
  expectOneMessage(await post(`{}\n{"type":"event","length":15}\n${MESSAGE}`))
})

it('vector 7: an item that goes on after its length is refused', async () => {
  const answer = await post(`{}\n{"type":"event","length":14}\n${MESSAGE}\n`)
  expect(answer).toMatchObject(refused('missing newline after header or payload'))
})

it('vector 8: an item that is shorter than its length is refused', async () => {
  const answer = await post(`{}\n{"type":"event","length":99}\n${MESSAGE}`)
  expect(answer).toMatchObject(refused('unexpected end of file'))
})

/** The files of an envelope without an event: seen once an event of its id comes, smallest first. */
async function readFiles(body: string): Promise<string[]> {
  const { status, body: answer, project } = await post(body)
  expect([status, answer]).toEqual([200, { id: ID }])
  await server.sendEnvelope(`${HEADER}\n{"type":"event"}\n${MESSAGE}`, {}, project)
  const [event] = (await readWholeEvents(server, project.path)) as [WholeEvent]
  const files: string[] = []
  for (const { name, downloadPath } of event.attachments) {
    const file = await fetch(server.url + downloadPath, { headers: { Authorization: `Bearer ${server.token}` } })
    files.push(`${name}: ${await file.text()}`)
  }
  return files
}

it('vector 9: a payload may be empty, and one with a length may hold newlines', async () => {
  const body =
    `${HEADER}\n{"type":"attachment","length":0,"filename":"e.txt"}\n\n` +
    '{"type":"attachment","length":4,"filename":"b"}\na\n\nb'
  expect((await readFiles(body)).toSorted()).toEqual(['b: a\n\nb', 'e.txt: '])
})

it('vector 10: items without length may be empty, and end with the body', async () => {
  const body = `${HEADER}\n{"type":"attachment","filename":"1"}\n\n{"type":"attachment","filename":"2"}`
  expect((await readFiles(body)).toSorted()).toEqual(['1: ', '2: '])
})

it('vector 11: an item of an unknown type is answered 200 and ignored', async () => {
  const { status, body, events, project } = await post('{}\n{"type":"invalid_unknown"}\n{}')
  expect([status, body, events]).toEqual([200, {}, []])
  await until(async () => {
    const { rows } = await server.database.pool.query<{ outcome: string; category: string }>(
      'SELECT outcome, category FROM outcome WHERE project_id = $1',
      [project.number],
    )
    return rows.some(({ outcome, category }) => outcome === 'unsupported' && category === 'invalid_unknown')
  })
})

it("vector 12: the header's event id wins over the payload's", async () => {
  const header = '{"event_id":"22d00b3fd1b14b5d8d2049d138cd8a9c"}'
  const answer = await post(`${header}\n{"type":"event"}\n{"event_id":"${ID}","message":"x"}`)
  expect(expectOneMessage(answer)).toBe('22d00b3fd1b14b5d8d2049d138cd8a9c')
})

it('vector 13: an event id with hyphens is stored without', async () => {
  const header = '{"event_id":"22d00b3f-d1b1-4b5d-8d20-49d138cd8a9c"}'
  const answer = await post(`${header}\n{"type":"event"}\n${MESSAGE}`)
  expect(expectOneMessage(answer)).toBe('22d00b3fd1b14b5d8d2049d138cd8a9c')
})

it('vector 14: the dsn of the header stands in for an auth header, and sent_at may be null', async () => {
  const project = await server.seed.project().withClientKey()
  const response = await fetch(`${server.url}/api/${project.number}/envelope/`, {
    method: 'POST',
    body: `${JSON.stringify({ dsn: project.dsn, sent_at: null })}\n{"type":"event"}\n${MESSAGE}`,
  })
  expect(response.status).toBe(200)
  const [event] = await readWholeEvents(server, project.path)
  expect(await response.json()).toEqual({ id: event?.eventId })
})

it('vector 15: another dsn in the header than in the request is refused', async () => {
  const other = await server.seed.project().withClientKey()
  const answer = await post(`${JSON.stringify({ dsn: other.dsn })}\n{"type":"event"}\n${MESSAGE}`)
  expect(answer).toMatchObject(refused('dsn header mismatch between envelope and request'))
  expect(await readWholeEvents(server, other.path)).toEqual([])
})

it('vector 16: an event id that is none is replaced, where Relay refuses the envelope', async () => {
  const id = expectOneMessage(await post(`{"event_id":"xyz"}\n{"type":"event"}\n${MESSAGE}`))
  expect(id).toMatch(/^[0-9a-f]{32}$/)
})

it.each(['[]\n', 'not json', '"x"\n', 'null\n', '7'])('vector 17: the header %j is refused', async (header) => {
  expect(await post(header)).toMatchObject(refused('invalid envelope header'))
})

it('vector 18: blank lines are skipped before headers and at the end, where Relay refuses the end', async () => {
  const answer = await post('{}\n\n{"type":"client_report"}\n{"discarded_events":[]}\n\n')
  expect(answer).toMatchObject({ status: 200, body: {} })
})

it('vector 19: bytes that are no UTF-8 are read as U+FFFD', async () => {
  const payload = Buffer.from('{"message":"caf\xe9"}', 'latin1')
  const item = `{"type":"event","content_type":"application/json","length":${payload.length}}`
  expectOneMessage(await post(Buffer.concat([Buffer.from(`{}\n${item}\n`), payload])), 'caf\ufffd')
})

it('vector 20: a body in gzip is taken, a truncated one refused', async () => {
  const body = gzipSync(`${HEADER}\n{"type":"event"}\n${MESSAGE}`)
  expect(expectOneMessage(await post(body, { 'Content-Encoding': 'gzip' }))).toBe(ID)
  const answer = await post(body.subarray(0, -10), { 'Content-Encoding': 'gzip' })
  expect(answer).toMatchObject({ status: 400, events: [] })
})
