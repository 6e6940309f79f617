// Minidumps and Unreal's crash reports: a fatal event with the file attached.

import { randomUUID } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Json } from '../../server/domain/event.ts'
import { createTestServer, type TestServer } from '../support/create-test-server.ts'
import { makeMinidump, makeUnrealReport, UNREAL_CONTEXT } from '../support/make-crash.ts'
import { writeMsgpack } from '../support/write-msgpack.ts'

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

let server: TestServer
beforeAll(async () => {
  server = await createTestServer()
})
afterAll(() => server.stop())

interface CrashEvent {
  title: string
  level: string
  platform: string
  release: string | null
  environment: string | null
  tags: { key: string; value: string }[]
  extra: Record<string, unknown> | null
  contexts: Record<string, Record<string, unknown>>
  user: { id: string | null } | null
  attachments: { name: string; type: string; size: number }[]
  breadcrumbs: { message: string | null }[]
}

async function readCrash(uuid: string): Promise<CrashEvent> {
  const day = new Date().toISOString().slice(0, 10)
  const id = Buffer.from(`Event:1.${day}.${uuid.replaceAll('-', '')}`).toString('base64url')
  const { node } = await server.gql<{ node: CrashEvent | null }>(
    `query ($id: ID!) { node(id: $id) { ... on Event {
       title level platform release environment breadcrumbs { message } tags { key value } extra contexts user { id } attachments { name type size } } } }`,
    { id },
  )
  if (node === null) throw new Error('the crash is not there')
  return node
}

const post = (endpoint: string, body: BodyInit, headers: Record<string, string> = {}) =>
  fetch(`${server.url}/api/1/${endpoint}`, { method: 'POST', body, headers })
const minidumpPath = () => `minidump/?sentry_key=${server.project.publicKey}`
const unrealPath = () => `unreal/${server.project.publicKey}/?UserID=7a1b%7Cepic%7Cos`

function makeForm(dump: Buffer, fields: Record<string, string> = {}): FormData {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) form.append(name, value)
  form.append('upload_file_minidump', new Blob([new Uint8Array(dump)]), 'crash.dmp')
  return form
}

describe('a minidump', () => {
  it('in a form becomes a fatal event with what the form says, and keeps every file', async () => {
    const form = makeForm(makeMinidump(), {
      sentry: JSON.stringify({ release: 'shop@1.4.2', tags: { page: 'cart' } }),
      'sentry[tags][button]': 'pay',
      'sentry[__proto__][polluted]': 'yes',
      prod: 'Electron',
    })
    form.append('log', new Blob(['last words']), 'app.log')
    const answer = await post(minidumpPath(), form)
    const id = await answer.text()
    expect({ status: answer.status, type: answer.headers.get('content-type') }).toEqual({
      status: 200,
      type: 'text/plain',
    })
    expect(id).toMatch(UUID)
    const crash = await readCrash(id)
    expect(crash).toMatchObject({
      title: 'Minidump: SIGSEGV in libshop.so',
      level: 'FATAL',
      platform: 'native',
      release: 'shop@1.4.2',
      extra: { prod: 'Electron' },
      contexts: { os: { name: 'Linux' } },
    })
    expect(crash.tags).toEqual(
      expect.arrayContaining([
        { key: 'page', value: 'cart' },
        { key: 'button', value: 'pay' },
      ]),
    )
    expect(crash.attachments.map(({ name, type }) => ({ name, type }))).toEqual([
      { name: 'app.log', type: 'event.attachment' },
      { name: 'crash.dmp', type: 'event.minidump' },
    ])
  })

  it('may be cut into chunks of JSON', async () => {
    const json = JSON.stringify({ release: 'shop@2.0.0' })
    const form = makeForm(makeMinidump(), { sentry__2: json.slice(9), sentry__1: json.slice(0, 9) })
    expect((await readCrash(await (await post(minidumpPath(), form)).text())).release).toBe('shop@2.0.0')
  })

  it('has the event and the breadcrumbs that sentry-native keeps for it', async () => {
    const form = makeForm(makeMinidump(), { guid: 'abc' })
    const add = (name: string, ...values: Json[]) =>
      form.append(name, new Blob([new Uint8Array(Buffer.concat(values.map(writeMsgpack)))]), name)
    const eventId = randomUUID()
    add('__sentry-event', {
      ...{ event_id: eventId, level: 'fatal', release: 'shop@1.4.2', environment: 'beta', user: { id: '7' } },
      ...{ tags: { page: 'cart' }, contexts: { os: { name: 'Ubuntu' } }, extra: { coins: 3 } },
    })
    add('__sentry-breadcrumb1', { timestamp: '2026-11-26T05:00:00Z', message: 'opened the cart' })
    add('__sentry-breadcrumb2')
    const answer = await (await post(minidumpPath(), form)).text()
    expect(answer).toBe(eventId)
    expect(await readCrash(answer)).toMatchObject({
      ...{ title: 'Minidump: SIGSEGV in libshop.so', level: 'FATAL', release: 'shop@1.4.2', environment: 'beta' },
      ...{ user: { id: '7' }, contexts: { os: { name: 'Ubuntu' } }, extra: { guid: 'abc', coins: 3 } },
      ...{ tags: expect.arrayContaining([{ key: 'page', value: 'cart' }]) as unknown },
      breadcrumbs: [{ message: 'opened the cart' }],
      attachments: [
        { name: '__sentry-breadcrumb1', type: 'event.breadcrumbs' },
        { name: '__sentry-breadcrumb2', type: 'event.breadcrumbs', size: 0 },
        { name: '__sentry-event', type: 'event.payload' },
        { name: 'crash.dmp', type: 'event.minidump' },
      ],
    })
  })

  it('may be the whole body, without a last slash, and compressed in itself', async () => {
    const dump = makeMinidump({ platform: 2, code: 0xc0000005, module: 'C:\\shop\\shop.exe' })
    const bare = await post(`minidump?sentry_key=${server.project.publicKey}`, new Uint8Array(dump))
    const crash = await readCrash(await bare.text())
    expect(crash.title).toBe('Minidump: EXCEPTION_ACCESS_VIOLATION in shop.exe')
    const packed = await readCrash(await (await post(minidumpPath(), makeForm(gzipSync(dump)))).text())
    expect(packed.attachments).toEqual([{ name: 'crash.dmp', type: 'event.minidump', size: dump.length }])
  })

  it('may come in a form within the form, as Electron sends it', async () => {
    const dump = makeMinidump()
    const nest = (file: Buffer, boundary = '--------------------------0eede1e790b8498a') =>
      Buffer.concat([
        Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="prod"\r\n\r\nElectron\r\n`),
        Buffer.from(
          `--${boundary}\r\nContent-Disposition: form-data; name="upload_file_minidump"; filename="dump"\r\n` +
            `Content-Type: application/octet-stream\r\n\r\n`,
        ),
        file,
        Buffer.from(`\r\n--${boundary}--\r\n`),
      ])
    const answer = await post(minidumpPath(), makeForm(nest(dump), { ver: '3.0.13' }))
    expect(answer.status).toBe(200)
    expect(await readCrash(await answer.text())).toMatchObject({
      title: 'Minidump: SIGSEGV in libshop.so',
      extra: { prod: 'Electron', ver: '3.0.13' },
      attachments: [{ name: 'crash.dmp', type: 'event.minidump', size: dump.length }],
    })
    expect((await post(minidumpPath(), makeForm(nest(nest(dump, 'inner'))))).status).toBe(400)
    expect((await post(minidumpPath(), makeForm(nest(Buffer.from('no dump'))))).status).toBe(400)
    expect((await post(minidumpPath(), makeForm(Buffer.from('--x\r\nnothing follows')))).status).toBe(400)
  })

  it('that is cut off anywhere after its header is still an event', async () => {
    const dump = makeMinidump()
    for (let length = 32; length < dump.length; length += 37) {
      expect((await post(minidumpPath(), new Uint8Array(dump.subarray(0, length)))).status).toBe(200)
    }
  })

  it.each([
    ['text', 'hello', {}],
    ['nothing', '', {}],
    ['a form without the file', 'sentry=x', { 'Content-Type': 'multipart/form-data; boundary=x' }],
  ])('that is %s is refused with 400', async (_what, body, headers) => {
    expect((await post(minidumpPath(), body, headers as Record<string, string>)).status).toBe(400)
  })

  it('needs a key', async () => {
    expect((await post('minidump/', new Uint8Array(makeMinidump()))).status).toBe(401)
    expect((await post('minidump/?sentry_key=ffffffffffffffff', new Uint8Array(makeMinidump()))).status).toBe(403)
  })
})

describe('a minidump in an envelope, as sentry-native and Electron send it', () => {
  const send = async (event: Record<string, unknown> | null, dump = makeMinidump()): Promise<CrashEvent> => {
    const eventId = randomUUID().replaceAll('-', '')
    const file = { type: 'attachment', attachment_type: 'event.minidump', filename: 'crash.dmp', length: dump.length }
    const lines = [{ event_id: eventId }, ...(event === null ? [] : [{ type: 'event' }, event]), file]
    const head = lines.map((line) => `${JSON.stringify(line)}\n`).join('')
    const answer = await server.sendEnvelope(new Uint8Array(Buffer.concat([Buffer.from(head), dump])))
    expect(await answer.json()).toEqual({ id: eventId })
    return readCrash(eventId)
  }

  it('names the event beside it, which says nothing of the crash', async () => {
    const crash = await send({
      ...{ level: 'fatal', release: 'shop@1.4.2', exception: { values: [] }, message: null },
      ...{ contexts: { os: { name: 'Ubuntu' } }, tags: { page: 'cart' } },
    })
    expect(crash).toMatchObject({
      ...{ title: 'Minidump: SIGSEGV in libshop.so', level: 'FATAL', platform: 'native', release: 'shop@1.4.2' },
      contexts: { os: { name: 'Ubuntu' } },
      attachments: [{ name: 'crash.dmp', type: 'event.minidump' }],
    })
    expect(crash.tags).toEqual(
      expect.arrayContaining([
        { key: 'page', value: 'cart' },
        { key: 'handled', value: 'no' },
        { key: 'mechanism', value: 'minidump' },
      ]),
    )
  })

  it('is an event of its own where there is none beside it', async () => {
    expect(await send(null)).toMatchObject({
      ...{ title: 'Minidump: SIGSEGV in libshop.so', level: 'FATAL', platform: 'native' },
      attachments: [{ name: 'crash.dmp', type: 'event.minidump' }],
    })
  })

  it('leaves an event alone that tells what it is', async () => {
    expect(await send({ level: 'error', platform: 'node', message: 'out of memory' })).toMatchObject({
      ...{ title: 'out of memory', level: 'ERROR', platform: 'node' },
    })
    const exception = [{ type: 'SIGABRT', value: 'abort() was called' }]
    expect(await send({ exception })).toMatchObject({ title: 'SIGABRT: abort() was called', level: 'ERROR' })
  })

  it('that is none is a crash all the same', async () => {
    expect(await send({}, Buffer.from('cut'))).toMatchObject({ title: 'Minidump: Crash', level: 'FATAL' })
  })
})

describe('a crash report of Unreal Engine', () => {
  const files = {
    'CrashContext.runtime-xml': UNREAL_CONTEXT,
    'ShopGame.log': 'Log file open, 11/22/26 21:30:00',
    'UE4Minidump.dmp': makeMinidump({ platform: 2, code: 0xc0000005 }),
  }

  it.each([
    ['with one header, at its beginning', true],
    ['with its header at the end', false],
  ])('%s becomes an event that says what was asserted', async (_form, hasMarker) => {
    const answer = await post(unrealPath(), new Uint8Array(makeUnrealReport(files, hasMarker)))
    expect(answer.status).toBe(200)
    const crash = await readCrash(await answer.text())
    expect(crash).toMatchObject({
      title: 'Unreal Assert: Assertion failed: Cart && Cart->IsValid()',
      level: 'FATAL',
      platform: 'native',
      release: 'ShopGame@1.4.2',
      user: { id: '7a1b' },
      contexts: { os: { name: 'Windows' } },
    })
    expect(crash.attachments.map(({ name, type }) => ({ name, type }))).toEqual([
      { name: 'CrashContext.runtime-xml', type: 'unreal.context' },
      { name: 'ShopGame.log', type: 'unreal.logs' },
      { name: 'UE4Minidump.dmp', type: 'event.minidump' },
    ])
  })

  it('has what the plugin for Unreal says in the data of the game', async () => {
    const config = { release: 'game@3.1', environment: 'demo', user: { id: '9' }, contexts: { map: { name: 'cave' } } }
    const json = JSON.stringify(config).replaceAll('"', '&quot;')
    const context = UNREAL_CONTEXT.replace('</Runtime', `<GameData><__sentry>${json}</__sentry></GameData></Runtime`)
    const report = makeUnrealReport({ ...files, 'CrashContext.runtime-xml': context })
    expect(await readCrash(await (await post(unrealPath(), new Uint8Array(report))).text())).toMatchObject({
      ...{ title: 'Unreal Assert: Assertion failed: Cart && Cart->IsValid()', release: 'game@3.1', user: { id: '9' } },
      ...{ environment: 'demo', contexts: { map: { name: 'cave' }, unreal: { game_name: 'ShopGame' } } },
    })
  })

  it.each([
    ['no zlib stream', Buffer.from('hello')],
    ['cut off', makeUnrealReport(files).subarray(0, 100)],
  ])('that is %s is refused for what it is, not for a Content-Encoding', async (_what, body) => {
    const answer = await post(unrealPath(), new Uint8Array(body))
    expect([answer.status, await answer.json()]).toEqual([
      400,
      {
        detail: 'invalid unreal crash report',
        causes: [
          expect.stringMatching(/^it is no whole zlib stream: (incorrect header check|unexpected end of file)$/),
        ],
      },
    ])
  })

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['no zlib', Buffer.from('hello')],
    ['cut off', makeUnrealReport(files).subarray(0, 100)],
    ['a report that promises more files than it has', makeUnrealReport({})],
  ])('that is %s is answered without a crash of ours', async (what, body) => {
    const answer = await post(unrealPath(), new Uint8Array(body))
    expect(answer.status).toBe(what.startsWith('a report') ? 200 : 400)
  })

  it('needs a key that may send', async () => {
    expect((await post('unreal/ffffffffffffffff/', new Uint8Array(makeUnrealReport(files)))).status).toBe(403)
  })
})
