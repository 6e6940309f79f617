// Everything an SDK sends may be an attack. The right status, flat memory, and the next good event is stored.

import { randomBytes } from 'node:crypto'
import { connect } from 'node:net'
import { brotliCompressSync, constants, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { createApiClient } from '../support/api-client.ts'
import { makeEnvelope, makeEvent } from '../support/make-event.ts'
import { sendRaw } from '../support/replay.ts'
import {
  makeDataFolder,
  PROCESS_KEY,
  PROCESS_TOKEN,
  removeDataFolder,
  startServerProcess,
} from '../support/start-server-process.ts'
import type { ServerProcess } from '../support/start-server-process.ts'
import { until } from '../support/until.ts'

const MIB = 1024 * 1024
/** The process, all bodies that may be in flight (64 MiB), and what the collector has not come to yet. */
const MEMORY_MAX = 420 * MIB

let server: ServerProcess
let dataFolder: string
beforeAll(async () => {
  dataFolder = makeDataFolder()
  server = await startServerProcess({ dataFolder, variables: { LOG_LEVEL: 'warn' } })
})
afterAll(async () => {
  expect(await server.stop()).toBe(0)
  // Nothing that was sent here is a fault of ours.
  expect(
    server
      .output()
      .split('\n')
      .filter((line) => /^\{"level":(?:50|60)/.test(line)),
  ).toEqual([])
  removeDataFolder(dataFolder)
})

function post(
  endpoint: 'store' | 'envelope',
  body: BodyInit,
  { encoding, key = PROCESS_KEY, project = '1' }: { encoding?: string; key?: string; project?: string } = {},
): Promise<Response> {
  return fetch(`${server.url}/api/${project}/${endpoint}/`, {
    method: 'POST',
    headers: {
      ...(key !== '' && { 'X-Sentry-Auth': `Sentry sentry_version=7, sentry_key=${key}` }),
      ...(encoding !== undefined && { 'Content-Encoding': encoding }),
    },
    body,
    signal: AbortSignal.timeout(30_000),
  })
}

async function expectNextGoodEventStored(): Promise<void> {
  const event = makeEvent({ type: `Good${randomBytes(4).toString('hex').replaceAll(/\d/g, 'x')}` })
  expect((await post('envelope', makeEnvelope(event))).status).toBe(200)
  const api = createApiClient(server.url, PROCESS_TOKEN)
  const { project } = await api.gql<{ project: { issues: { nodes: { latestEvent: { eventId: string } }[] } } }>(
    '{ project(path: "acme/shop") { issues(first: 5) { nodes { latestEvent { eventId } } } } }',
  )
  expect(project.issues.nodes.map((issue) => issue.latestEvent.eventId)).toContain(event.event_id)
}

describe('bodies that are no events', () => {
  const good = makeEnvelope(makeEvent())
  it.each([
    ['garbage', randomBytes(5_000)],
    ['an empty body', ''],
    ['a header that is no JSON', 'nonsense\n{"type":"event"}\n{}\n'],
    ['an item shorter than its declared length', '{}\n{"type":"event","length":5000}\n{"message":"x"}\n'],
    ['an item header that is cut off', good.slice(0, good.indexOf('"type":"event"') + 4)],
  ])('as envelopes: %s is answered 400', async (_name, body) => {
    const answer = await post('envelope', body)
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({ detail: expect.any(String) as string })
  })

  it.each([
    ['garbage', randomBytes(5_000)],
    ['an empty body', ''],
    ['JSON that is cut off', '{"message":"x'],
    ['a list', '[1,2,3]'],
    ['base64 of nothing', 'AAAA'],
  ])('on /store/: %s is answered 400', async (_name, body) => {
    expect((await post('store', body)).status).toBe(400)
  })

  it('is not told that a compressed body is one when it is not', async () => {
    for (const encoding of ['gzip', 'deflate', 'br', 'zstd']) {
      expect((await post('envelope', randomBytes(3_000), { encoding })).status).toBe(400)
    }
    expect((await post('envelope', good, { encoding: 'rot13' })).status).toBe(415)
  })

  it('stores the next good event', expectNextGoodEventStored)
})

describe('deep nesting', () => {
  const depth = 100_000
  const nested = `{"message":"deep","extra":${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}}`
  const list = `{"message":"deep","extra":{"a":${'['.repeat(depth)}${']'.repeat(depth)}}}`

  it('is refused on /store/', async () => {
    expect((await post('store', nested)).status).toBe(400)
    expect((await post('store', list)).status).toBe(400)
  })

  it('does not fail its envelope: the item beside it is stored', async () => {
    const event = makeEvent({ type: 'BesideDeepError' })
    const body = `{}\n{"type":"event"}\n${nested}\n{"type":"event"}\n${JSON.stringify(event)}\n`
    expect((await post('envelope', body)).status).toBe(200)
    const api = createApiClient(server.url, PROCESS_TOKEN)
    const { project } = await api.gql<{ project: { issues: { nodes: { type: string }[] } } }>(
      '{ project(path: "acme/shop") { issues(first: 5) { nodes { type } } } }',
    )
    expect(project.issues.nodes.map((issue) => issue.type)).toContain('BesideDeepError')
  })

  it('in the header of an envelope does no harm', async () => {
    const header = `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`
    expect([200, 400]).toContain((await post('envelope', `${header}\n`)).status)
  })
})

describe('bodies that are too large', () => {
  it('are refused by their declared length, before they are sent', async () => {
    const head =
      `POST /api/1/envelope/ HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n` +
      `X-Sentry-Auth: Sentry sentry_version=7, sentry_key=${PROCESS_KEY}\r\n\r\n`
    const answer = await sendRaw(Buffer.from(head), server.url)
    expect(answer).toMatchObject({ status: 413 })
    expect(answer.headers.get('connection')).toBe('close')
  })

  it('are refused while they stream, when they declare no length', async () => {
    const socket = connect({ host: '127.0.0.1', port: Number(new URL(server.url).port) })
    socket.on('error', () => undefined)
    socket.write(
      `POST /api/1/envelope/ HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n` +
        `X-Sentry-Auth: Sentry sentry_version=7, sentry_key=${PROCESS_KEY}\r\n\r\n`,
    )
    let answer = ''
    socket.setEncoding('latin1').on('data', (text: string) => (answer += text))
    const chunk = Buffer.concat([Buffer.from('100000\r\n'), Buffer.alloc(MIB, 'x'), Buffer.from('\r\n')])
    let sent = 0
    await until(
      async () => {
        if (answer !== '' || socket.destroyed) return true
        const isTaken = socket.write(chunk)
        sent += MIB
        if (!isTaken) await new Promise((resolve) => setTimeout(resolve, 10))
        return false
      },
      { withinMs: 20_000, what: 'an answer' },
    )
    expect(answer).toMatch(/^HTTP\/1\.1 413 /)
    expect(sent).toBeLessThan(64 * MIB)
    socket.destroy()
  })

  it('store the next good event', expectNextGoodEventStored)
})

describe('requests that break off', () => {
  it.each(['closed', 'reset'])('%s half-way give back the room that their bodies took', async (how) => {
    const head =
      `POST /api/1/envelope/ HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n` +
      `X-Sentry-Auth: Sentry sentry_version=7, sentry_key=${PROCESS_KEY}\r\n\r\n`
    const readRoomTaken = async (): Promise<number> => {
      const metrics = await (await fetch(`${server.url}/metrics`)).text()
      return Number(/^faultline_body_bytes_in_flight (\d+)$/m.exec(metrics)?.[1])
    }
    const socket = connect({ host: '127.0.0.1', port: Number(new URL(server.url).port) })
    socket.on('error', () => undefined)
    socket.write(`${head}{"sent_at"`)
    await until(async () => (await readRoomTaken()) > 0)
    if (how === 'closed') socket.destroy()
    else socket.resetAndDestroy()
    await until(async () => (await readRoomTaken()) === 0)
  })

  it('store the next good event', expectNextGoodEventStored)
})

describe('compressed bombs', () => {
  // 400 MB of zeros are some 400 KB in gzip, and some hundred bytes in brotli and zstd.
  const zeros = Buffer.alloc(400 * MIB)
  const bombs: [string, Buffer<ArrayBuffer>][] = [
    ['gzip', gzipSync(zeros, { level: 1 })],
    ['deflate', deflateSync(zeros, { level: 1 })],
    ['br', brotliCompressSync(zeros, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } })],
    ['zstd', zstdCompressSync(zeros)],
  ]

  it.each(bombs)('in %s are refused with flat memory', async (encoding, bomb) => {
    const answers = await Promise.all(Array.from({ length: 6 }, () => post('envelope', bomb, { encoding })))
    // Together they may find no room left and be told to come again; none is let in.
    for (const { status } of answers) expect([413, 429]).toContain(status)
    expect(answers.map(({ status }) => status)).toContain(413)
    expect(server.residentMemory()).toBeLessThan(MEMORY_MAX)
  })

  it('in base64 of zlib on /store/ are refused with flat memory', async () => {
    const bomb = bombs[1]?.[1].toString('base64') ?? ''
    const answers = await Promise.all(Array.from({ length: 6 }, () => post('store', bomb)))
    for (const { status } of answers) expect([413, 429]).toContain(status)
    expect(server.residentMemory()).toBeLessThan(MEMORY_MAX)
  })

  it('store the next good event', expectNextGoodEventStored)
})

describe('who may not send', () => {
  const envelope = makeEnvelope(makeEvent())

  it('is told so', async () => {
    expect((await post('envelope', envelope, { key: '' })).status).toBe(401)
    expect((await post('store', '{"message":"x"}', { key: '' })).status).toBe(401)
    expect((await post('envelope', envelope, { key: 'f'.repeat(32) })).status).toBe(403)
    expect((await post('envelope', envelope, { project: '2' })).status).toBe(403)
    expect((await post('envelope', envelope, { project: '99999999999999999999' })).status).toBeGreaterThanOrEqual(400)
  })

  it('may ask thousands of times with keys that nobody has', async () => {
    const answers = await Promise.all(
      Array.from({ length: 1_000 }, () => post('envelope', envelope, { key: randomBytes(16).toString('hex') })),
    )
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([403]))
    await Promise.all(answers.map((answer) => answer.arrayBuffer()))
    expect(server.residentMemory()).toBeLessThan(MEMORY_MAX)
  })

  it('does not keep the next good event away', expectNextGoodEventStored)
})

const SUBSCRIPTIONS = 20

describe('a WebSocket client that never reads', () => {
  it('costs no memory while events come in', async () => {
    const api = createApiClient(server.url, PROCESS_TOKEN)
    const { project } = await api.gql<{ project: { id: string } }>('{ project(path: "acme/shop") { id } }')
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws')
    const types: string[] = []
    socket.on('error', () => undefined)
    socket.on('message', (data: Buffer) => types.push((JSON.parse(data.toString()) as { type: string }).type))
    socket.once('open', () => {
      socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${PROCESS_TOKEN}` } }))
    })
    await until(() => types.includes('connection_ack'), { what: 'the connection is taken' })
    const query = 'subscription ($project: ID!) { eventReceived(project: $project) { id extra } }'
    for (let id = 0; id < SUBSCRIPTIONS; id += 1) {
      const payload = { query, variables: { project: project.id } }
      socket.send(JSON.stringify({ id: String(id), type: 'subscribe', payload }))
    }
    await until(
      async () => {
        await post('envelope', makeEnvelope(makeEvent({ type: 'NeverReadError' })))
        return types.includes('next')
      },
      { what: 'the subscription works' },
    )
    socket.pause()

    // Nearly 800 MB would pile up if they were kept for it.
    const before = server.residentMemory()
    const extra = Object.fromEntries(Array.from({ length: 24 }, (_none, index) => [`k${index}`, 'x'.repeat(4_000)]))
    for (let sent = 0; sent < 400; sent += 20) {
      const events = Array.from({ length: 20 }, () => makeEvent({ type: 'NeverReadError', extra }))
      const answers = await Promise.all(events.map((event) => post('envelope', makeEnvelope(event))))
      for (const answer of answers) expect(answer.status).toBe(200)
    }
    expect(server.residentMemory() - before).toBeLessThan(160 * MIB)
    socket.terminate()
    await expectNextGoodEventStored()
  })
})
