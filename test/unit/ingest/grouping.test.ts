// Which events are one problem, and which are two.

import { hash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { GroupedEvent, Json, JsonObject } from '../../../server/domain/event.ts'
import { GROUPING_VERSION, groupEvent } from '../../../server/ingest/grouping/group-event.ts'
import { normalizeEvent } from '../../../server/ingest/normalize.ts'

function group(raw: JsonObject): GroupedEvent {
  return groupEvent(
    normalizeEvent(structuredClone(raw), {
      receivedAtMs: Date.parse('2026-11-22T12:00:00Z'),
      eventId: null,
      clockDriftMs: 0,
      clientIp: null,
      userAgent: null,
      sdkFallback: null,
    }),
  )
}

function expectJoined(...events: JsonObject[]): void {
  expect(new Set(events.map((event) => group(event).grouping.hash)).size).toBe(1)
}

function expectSplit(...events: JsonObject[]): void {
  expect(new Set(events.map((event) => group(event).grouping.hash)).size).toBe(events.length)
}

function leavesOf(event: JsonObject): string[] {
  return group(event).grouping.parts.map(({ value }) => value)
}

function failure(platform: string, frames: Json[], more: JsonObject = {}): JsonObject {
  return { platform, exception: { values: [{ type: 'E', value: 'v', stacktrace: { frames }, ...more }] } }
}

function frame(name: string, more: JsonObject = {}): JsonObject {
  return { function: name, filename: 'app.py', in_app: true, ...more }
}

describe('an exception with a stack', () => {
  it('is the same whatever its value, lines, variables, time, release and people', () => {
    expectJoined(
      failure('python', [frame('a', { lineno: 1 }), frame('b', { lineno: 2, vars: { x: 1 } })], { value: 'id 1' }),
      {
        ...failure('python', [frame('a', { lineno: 7 }), frame('b', { lineno: 8 })], { value: 'something else' }),
        timestamp: 1,
        release: 'b',
        user: { id: 7 },
        message: 'm',
        level: 'fatal',
      },
    )
  })

  it('is another with another type, function, file, module or line of code', () => {
    const base = frame('f', { module: 'm', context_line: 'x()' })
    expectSplit(
      failure('python', [base]),
      failure('python', [base], { type: 'F' }),
      failure('python', [{ ...base, function: 'g' }]),
      failure('python', [{ ...base, module: 'n' }]),
      failure('python', [{ ...base, context_line: 'y()' }]),
      failure('python', [base, frame('h')]),
      failure('python', [{ function: 'f', filename: 'app.py', context_line: 'x()', in_app: true }]),
      failure('python', [{ function: 'f', filename: 'other.py', context_line: 'x()', in_app: true }]),
    )
  })

  it('does not look at the line of code where SDKs have no source', () => {
    expectJoined(
      failure('go', [frame('f', { context_line: 'x()' })]),
      failure('go', [frame('f', { context_line: 'y()' })]),
    )
  })

  it('reads a line of code without its spaces, and none that is long', () => {
    expectJoined(
      failure('python', [frame('f', { context_line: '  x( 1,\t 2 )  ' })]),
      failure('python', [frame('f', { context_line: 'x( 1, 2 )' })]),
    )
    expectJoined(
      failure('python', [frame('f', { context_line: 'x'.repeat(121) })]),
      failure('python', [frame('f', { context_line: 'y'.repeat(130) })]),
      failure('python', [frame('f')]),
    )
  })

  it("counts the program's own frames only, where it has some", () => {
    const own = frame('mine')
    expectJoined(
      failure('python', [own]),
      failure('python', [own, { function: 'lib', filename: 'lib.py', in_app: false }]),
      failure('python', [{ function: 'other', filename: 'x.py' }, own]),
    )
    expect(group(failure('python', [own])).grouping.strategy).toBe('exceptions (in app)')
  })

  it('has another hash over all frames, unless that is the same', () => {
    const own = frame('own')
    const library = frame('lib', { in_app: false })
    const mixed = group(failure('python', [own, library])).grouping
    expect(mixed.otherHash).toMatch(/^[0-9a-f]{32}$/)
    // By that, it is joined with what another version of the SDK says of the same frames.
    const none = group(failure('python', [frame('own', { in_app: false }), library])).grouping
    expect(none).toMatchObject({ hash: mixed.otherHash })
    expect(none).not.toHaveProperty('otherHash')
    expect(group(failure('python', [own])).grouping).not.toHaveProperty('otherHash')
    const salted = group({ ...failure('python', [own, library]), fingerprint: ['{{ default }}', 'x'] }).grouping
    expect(salted.otherHash).not.toBe(mixed.otherHash)
    expect(salted.otherHash).not.toBe(salted.hash)
    const fingerprint = { ...failure('python', [own, library]), fingerprint: ['x'] }
    expect(group(fingerprint).grouping).not.toHaveProperty('otherHash')
  })

  it('counts all frames where none is its own', () => {
    const a = failure('python', [{ function: 'lib', filename: 'a.py' }])
    const b = failure('python', [
      { function: 'lib', filename: 'a.py' },
      { function: 'more', filename: 'a.py' },
    ])
    expectSplit(a, b)
    expect(group(a).grouping.strategy).toBe('exceptions (all frames)')
  })

  it('counts a call of itself once', () => {
    const call = frame('f', { lineno: 5 })
    expectJoined(failure('python', [frame('a'), call]), failure('python', [frame('a'), call, call, call]))
    expectSplit(failure('python', [frame('a'), call]), failure('python', [frame('a'), call, frame('f', { lineno: 6 })]))
  })

  it('goes by the base name of a file, in any case, of any system', () => {
    expectJoined(
      failure('other', [frame('f', { filename: '/srv/app/Main.CS' })]),
      failure('other', [frame('f', { filename: 'C:\\app\\main.cs' })]),
      failure('other', [frame('f', { filename: 'main.cs' })]),
    )
  })
})

describe('an exception without a stack', () => {
  it('is told by its type and its value without what varies', () => {
    expectJoined(
      { exception: [{ type: 'E', value: 'user 4711 not found' }] },
      { exception: [{ type: 'E', value: 'user 42 not found' }] },
    )
    expectSplit(
      { exception: [{ type: 'E', value: 'user not found' }] },
      { exception: [{ type: 'E', value: 'order not found' }] },
      { exception: [{ type: 'F', value: 'user not found' }] },
    )
  })
})

describe('a chain', () => {
  const cause = { type: 'Cause', value: 'c', stacktrace: { frames: [frame('low')] } }
  const thrown = { type: 'Thrown', value: 't', stacktrace: { frames: [frame('high')] } }

  it('is another with another cause, or without', () => {
    expectSplit(
      { exception: [cause, thrown] },
      { exception: [thrown] },
      { exception: [{ ...cause, type: 'Other' }, thrown] },
      { exception: [thrown, cause] },
    )
  })

  it('goes by the value of a cause that has no stack', () => {
    expectSplit({ exception: [{ type: 'C', value: 'x' }, thrown] }, { exception: [{ type: 'C', value: 'y' }, thrown] })
  })

  it('does not see a cause without a stack when no frame is its own', () => {
    const system = { type: 'T', stacktrace: { frames: [{ function: 'f', filename: 'f.py' }] } }
    expectJoined({ exception: [{ type: 'C', value: 'x' }, system] }, { exception: [{ type: 'C', value: 'y' }, system] })
  })

  it('of made-up exceptions does not see their types', () => {
    const synthetic = (type: string) => ({
      exception: [{ ...thrown, type, mechanism: { type: 'generic', synthetic: true } }],
    })
    expectJoined(synthetic('A'), synthetic('B'))
  })
})

describe('an exception group', () => {
  const node = (type: string, id: number, parent: number | null, more: JsonObject = {}): JsonObject => ({
    type,
    value: type,
    mechanism: { type: 'chained', exception_id: id, parent_id: parent, ...more },
  })
  const root = node('AggregateError', 0, null, { is_exception_group: true })

  it('of one kind of exception is that exception, which names it', () => {
    const single = { exception: [node('TypeError', 0, null)] }
    const grouped = { exception: [node('TypeError', 2, 0), node('TypeError', 1, 0), root] }
    expectJoined(single, grouped)
    expect(group(grouped).title).toBe('TypeError: TypeError')
  })

  it('of several kinds is each of them once, in any order', () => {
    expectJoined(
      { exception: [node('A', 2, 0), node('B', 1, 0), root] },
      { exception: [node('B', 3, 0), node('A', 2, 0), node('B', 1, 0), root] },
    )
    expectSplit(
      { exception: [node('A', 2, 0), node('B', 1, 0), root] },
      { exception: [node('A', 2, 0), node('C', 1, 0), root] },
    )
    expect(group({ exception: [node('A', 2, 0), node('B', 1, 0), root] }).title).toBe('AggregateError: AggregateError')
  })

  it('within a group is gone through', () => {
    const nested = [node('A', 2, 1), node('Inner', 1, 0, { is_exception_group: true }), root]
    expectJoined({ exception: nested }, { exception: [node('A', 0, null)] })
  })

  it.each<[string, Json[]]>([
    ['ids that are twice there', [node('A', 1, 0), node('B', 1, 0), root]],
    ['no root', [node('A', 1, 0), node('B', 2, 0)]],
    ['its own parent', [node('A', 1, 1), root]],
    ['no ids', [{ type: 'A' }, root]],
    ['a circle', [node('A', 1, 2, { is_exception_group: true }), node('B', 2, 1, { is_exception_group: true }), root]],
  ])('with %s is taken as a plain chain', (_what, exception) => {
    const types = group({ exception }).grouping.parts.filter(({ label }) => label === 'type')
    expect(types).toHaveLength(exception.length)
  })
})

describe('threads and stacks without an exception', () => {
  const stack = (name: string) => ({ frames: [frame(name)] })

  it('are told by the crashed, else the current, else the only thread', () => {
    expectJoined(
      { platform: 'python', message: 'a', threads: [{ id: 1, crashed: true, stacktrace: stack('f') }, { id: 2 }] },
      { platform: 'python', message: 'b', threads: [{ id: 2 }, { id: 3, current: true, stacktrace: stack('f') }] },
      { platform: 'python', message: 'c', threads: [{ id: 4, stacktrace: stack('f') }] },
      { platform: 'python', message: 'd', stacktrace: stack('f') },
    )
  })

  it('are told by the message when no thread stands out', () => {
    const threads = [
      { id: 1, stacktrace: stack('f') },
      { id: 2, stacktrace: stack('g') },
    ]
    expect(group({ message: 'm', threads }).grouping.strategy).toBe('message')
  })
})

describe('messages', () => {
  it('are the same but for what varies in them', () => {
    expectJoined(
      { message: 'order 1 of ada@example.com took 5ms' },
      { message: 'order 99 of bob@example.org took 7ms' },
    )
    expectSplit({ message: 'order 1 failed' }, { message: 'order 1 succeeded' })
  })

  it('go by their template, where there is one', () => {
    const entry = (user: string) => ({ logentry: { message: 'hello %s', params: [user] } })
    expectJoined(entry('ada'), entry('bob'))
    expectSplit(entry('ada'), { logentry: { formatted: 'hello ada' } })
  })

  it('go by their first two lines', () => {
    expectJoined({ message: 'a\n\nb\nc' }, { message: 'a\nb\nd\ne' })
    expectSplit({ message: 'a\nb' }, { message: 'a\nc' })
  })

  it('that are not there are all one', () => {
    expect(group({}).grouping).toEqual({
      version: GROUPING_VERSION,
      hash: hash('md5', ''),
      strategy: 'fallback',
      parts: [],
    })
  })
})

describe('fingerprints', () => {
  const a = { message: 'a', tags: { shop: 'x' }, transaction: 't' }
  const b = { message: 'b', tags: { shop: 'y' }, transaction: 't' }

  it('join what they name alike, and split what not', () => {
    expectJoined({ ...a, fingerprint: ['one', 'two'] }, { ...b, fingerprint: ['one', 'two'] })
    expectSplit({ ...a, fingerprint: ['one'] }, { ...a, fingerprint: ['two'] })
  })

  it('{{ default }} alone changes nothing', () => {
    expectJoined(
      a,
      { ...a, fingerprint: ['{{ default }}'] },
      { ...a, fingerprint: ['{{default}}'] },
      { ...a, fingerprint: [] },
    )
  })

  it('{{ default }} with more splits further', () => {
    expectSplit(a, { ...a, fingerprint: ['{{ default }}', 'x'] }, { ...b, fingerprint: ['{{ default }}', 'x'] })
    expectJoined({ ...a, fingerprint: ['{{ default }}', 'x'] }, { ...a, fingerprint: ['{{default}}', 'x'] })
  })

  it.each([
    ['{{ transaction }}', 't'],
    ['{{ tags.shop }}', 'x'],
    ['{{tags.none}}', '<no-value-for-tag-none>'],
    ['{{ message }}', 'a'],
    ['{{ level }}', 'error'],
    ['{{ logger }}', '<no-logger>'],
    ['{{ error.type }}', '<no-type>'],
    ['{{ value }}', '<no-value>'],
    ['{{ function }}', '<no-function>'],
    ['{{ stack.abs_path }}', '<no-abs-path>'],
    ['{{ module }}', '<no-module>'],
    ['{{ package }}', '<no-package>'],
    ['{{ nonsense }}', '<unrecognized-variable-nonsense>'],
    ['{{ two words }}', '{{ two words }}'],
    ['{{', '{{'],
  ])('%s is %s', (part, expected) => {
    expect(leavesOf({ ...a, fingerprint: [part] })).toEqual([expected])
  })

  it('fills variables from the exception and its crashing frame', () => {
    const event = failure('native', [
      frame('main', { module: 'm', package: '/usr/lib/libx.so', abs_path: '/src/a.c', filename: 'a.c' }),
      { function: 'lib', filename: 'b.c', in_app: false },
    ])
    const parts = ['{{ type }}', '{{ function }}', '{{ stack.module }}', '{{ path }}', '{{ stack.filename }}']
    event.fingerprint = parts
    const python = { ...event, platform: 'python' }
    expect(leavesOf(python)).toEqual(['E', 'main', 'm', '/src/a.c', 'a.c'])
    expect(leavesOf({ ...python, fingerprint: ['{{ package }}'] })).toEqual(['libx.so'])
  })

  it('take the message without what varies in it', () => {
    expectJoined(
      { message: 'user 1', fingerprint: ['{{ message }}', 'x'] },
      { message: 'user 2', fingerprint: ['{{ message }}', 'x'] },
      { message: 'user 3', fingerprint: ['user 3', 'x'] },
    )
  })

  it('are built in for errors of the web that are one problem whatever their stack', () => {
    const chunk = (name: string, type = 'ChunkLoadError') => failure('javascript', [frame(name)], { type })
    expectJoined(chunk('a'), chunk('b'))
    expectSplit(chunk('a', 'A'), chunk('b', 'A'))
    expectSplit({ ...chunk('a'), fingerprint: ['mine'] }, chunk('a'))
    // Who asks for the default one, with something added, gets it.
    expectJoined({ ...chunk('a'), fingerprint: ['{{ default }}', 'mine'] }, chunk('b'))
    const value = 'Text content does not match server-rendered HTML.'
    const page = (transaction: string, name: string) => ({
      ...failure('javascript', [frame(name)], { value }),
      transaction,
    })
    expectJoined(page('/a', 'x'), page('/a', 'y'))
    expectSplit(page('/a', 'x'), page('/b', 'x'))
  })
})

describe('checksums', () => {
  it('decide alone, an MD5 as it is', () => {
    const md5 = hash('md5', 'x')
    expect(group({ checksum: md5, message: 'a', fingerprint: ['b'] }).grouping).toMatchObject({
      hash: md5,
      strategy: 'checksum',
    })
    expect(group({ checksum: 'own', message: 'a' }).grouping.hash).toBe(hash('md5', 'own'))
  })
})

describe('the parts', () => {
  it('are the leaves in the order in which they are hashed', () => {
    const { grouping } = group(failure('python', [frame('f', { module: 'm', context_line: 'x()' })]))
    expect(grouping.parts).toEqual([
      { label: 'type', value: 'E' },
      { label: 'module', value: 'm' },
      { label: 'function', value: 'f' },
      { label: 'context line', value: 'x()' },
    ])
    expect(grouping.hash).toBe(hash('md5', 'Emfx()'))
  })

  it('are 60 at most, of 200 characters, the first and the last', () => {
    const frames = Array.from({ length: 100 }, (_, i) => frame(`f${i}${'x'.repeat(250)}`, { module: 'm' }))
    const { parts } = group(failure('python', frames)).grouping
    expect(parts).toHaveLength(60)
    expect(parts[0]).toEqual({ label: 'type', value: 'E' })
    expect(parts[10]).toEqual({ label: 'not shown', value: '142 parts' })
    expect(parts.at(-1)?.value.startsWith('f99')).toBe(true)
    expect(parts.every(({ value }) => value.length <= 200)).toBe(true)
  })
})
