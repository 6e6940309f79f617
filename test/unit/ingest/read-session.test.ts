import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readAggregates, readSession } from '../../../server/ingest/read-session.ts'
import { ABNORMAL, CRASHED, ERRORED, EXITED, STARTED, UNHANDLED } from '../../../server/ingest/session-state.ts'

const NOW = Date.parse('2026-11-22T12:00:00Z')
const DAY_MS = 86_400_000
const CONTEXT = { projectId: 7, receivedAtMs: NOW, clockDriftMs: 0 }
const SID = '8b3dbe3c836e4c0f8eaca52bff77914a'
const ATTRS = { release: 'shop@1.4.2', environment: 'production' }

const iso = (ms: number) => new Date(ms).toISOString()
const makeSession = (fields: Record<string, unknown> = {}) => ({
  sid: SID,
  init: true,
  started: iso(NOW - 60_000),
  timestamp: iso(NOW),
  status: 'ok',
  errors: 0,
  attrs: ATTRS,
  ...fields,
})
const read = (fields: Record<string, unknown> = {}, context: Partial<typeof CONTEXT> = {}) =>
  readSession(Buffer.from(JSON.stringify(makeSession(fields))), { ...CONTEXT, ...context })
const update = (fields: Record<string, unknown> = {}, context: Partial<typeof CONTEXT> = {}) =>
  read(fields, context).update
const aggregates = (list: unknown, context: Partial<typeof CONTEXT> = {}) =>
  readAggregates(Buffer.from(JSON.stringify({ aggregates: list, attrs: ATTRS })), { ...CONTEXT, ...context })

describe('a session', () => {
  it('is read with all that it counts for', () => {
    expect(read({ did: 'user-1', status: 'exited', errors: 2, duration: 12.3456, seq: 9 })).toEqual({
      projectId: 7,
      release: 'shop@1.4.2',
      environment: 'production',
      userAgent: null,
      update: {
        sid: SID,
        startedOn: '2026-11-22',
        startedMs: NOW - 60_000,
        atMs: NOW,
        state: STARTED | EXITED | ERRORED,
        seq: 9,
        durationMs: 12_346,
        user: 'user-1',
        isAnr: false,
      },
    })
  })

  it.each([
    ['ok', 0],
    ['exited', EXITED],
    ['errored', ERRORED],
    ['crashed', CRASHED | ERRORED],
    ['abnormal', ABNORMAL | ERRORED],
    ['unhandled', UNHANDLED | ERRORED],
    ['paused', 0],
    ['constructor', 0],
    [undefined, 0],
    [7, 0],
  ])('of the status %s has the state %i', (status, state) => {
    expect(update({ status, init: false }).state).toBe(state)
  })

  it('has errors when it says so, whatever its status', () => {
    expect(update({ errors: 1 }).state & ERRORED).toBe(ERRORED)
    for (const errors of [0, -1, null, 'many', undefined]) expect(update({ errors }).state & ERRORED).toBe(0)
  })

  it('is the first update by init, or by the sequence 0', () => {
    expect(update({ init: true, seq: 5 }).state & STARTED).toBe(STARTED)
    expect(update({ init: false, seq: 0 }).state & STARTED).toBe(STARTED)
    for (const init of [false, null, undefined, 'yes']) expect(update({ init }).state & STARTED).toBe(0)
  })

  it('has a sequence: its own, 0 for the first update, or else the time', () => {
    expect(update({ init: true }).seq).toBe(0)
    expect(update({ init: false }).seq).toBe(NOW)
    expect(update({ init: false, timestamp: undefined }).seq).toBe(NOW)
    expect(update({ init: true, seq: 1795382771176 }).seq).toBe(1795382771176)
    expect(update({ seq: 1e18 }).seq).toBe(Number.MAX_SAFE_INTEGER)
    for (const seq of [-1, '5', null]) expect(update({ init: false, seq }).seq).toBe(NOW)
    expect(() => update({ seq: 2 ** 64 - 1 })).toThrow(/sequence/)
  })

  it('has an id with or without dashes, and one that is nil or missing is none', () => {
    expect(update({ sid: '8B3DBE3C-836E-4C0F-8EAC-A52BFF77914A' }).sid).toBe(SID)
    for (const sid of ['0'.repeat(32), '00000000-0000-0000-0000-000000000000', '', null, undefined, 5]) {
      expect(update({ sid }).sid).toBeNull()
    }
    expect(update({ sid: 'my-session' }).sid).toMatch(/^[0-9a-f]{32}$/)
    expect(update({ sid: 'my-session' }).sid).toBe(update({ sid: 'my-session' }).sid)
  })

  it('is of nobody when did is null, empty or nil', () => {
    for (const did of [null, undefined, '', '  ', '0'.repeat(32), '00000000-0000-0000-0000-000000000000', {}, []]) {
      expect(update({ did }).user).toBeNull()
    }
    expect(update({ did: 4711 }).user).toBe(update({ did: '4711' }).user)
    expect(update({ did: 'a' }).user).not.toBe(update({ did: 'b' }).user)
    const long = 'x'.repeat(5_000)
    expect(update({ did: `${long}a` }).user).toHaveLength(32)
    expect(update({ did: `${long}a` }).user).not.toBe(update({ did: `${long}b` }).user)
  })

  it('has no time before its start', () => {
    expect(update({ timestamp: iso(NOW - 120_000) }).atMs).toBe(NOW - 60_000)
  })

  it('is dropped when it lies more than five days back, or in the future', () => {
    const fiveDays = NOW - 5 * DAY_MS
    expect(update({ started: iso(fiveDays) }).startedMs).toBe(fiveDays)
    expect(() => update({ started: iso(fiveDays - 1) })).toThrow('more than five days back')
    expect(update({ started: iso(NOW + 60_000) }).startedMs).toBe(NOW + 60_000)
    expect(() => update({ started: iso(NOW + 60_001) })).toThrow('in the future')
    expect(() => update({ timestamp: iso(NOW + 60_001) })).toThrow('in the future')
  })

  it('is put right when the clock of its sender is wrong', () => {
    const clockDriftMs = 3 * DAY_MS
    const { startedMs, atMs } = update(
      { started: iso(NOW - 60_000 - clockDriftMs), timestamp: iso(NOW - clockDriftMs) },
      { clockDriftMs },
    )
    expect([startedMs, atMs]).toEqual([NOW - 60_000, NOW])
    expect(() => update({}, { clockDriftMs: 6 * DAY_MS })).toThrow('in the future')
  })

  it('lies in one day however its clock is put right', () => {
    const midnight = Date.parse('2026-11-22T00:00:00Z')
    const days = [3_600_000, 3_600_900].map(
      (clockDriftMs) => update({ started: iso(midnight - 3_600_500), timestamp: null }, { clockDriftMs }).startedOn,
    )
    expect(days).toEqual(['2026-11-21', '2026-11-21'])
    const far = { started: iso(midnight - 9 * DAY_MS), timestamp: null }
    expect(update(far, { clockDriftMs: 9 * DAY_MS }).startedOn).toBe('2026-11-22')
  })

  it('took as long as it says, or from its start to its end, and only when it exited', () => {
    expect(update({ status: 'exited', duration: 1.5 }).durationMs).toBe(1_500)
    expect(update({ status: 'exited' }).durationMs).toBe(60_000)
    expect(update({ status: 'exited', timestamp: undefined }).durationMs).toBeNull()
    expect(update({ status: 'exited', duration: -1 }).durationMs).toBe(60_000)
    expect(update({ status: 'exited', duration: 1e300 }).durationMs).toBe(2_147_483_647)
    for (const status of ['ok', 'crashed', 'abnormal', 'unhandled', 'errored']) {
      expect(update({ status, duration: 5 }).durationMs).toBeNull()
    }
  })

  it('did not respond by its mechanism', () => {
    for (const name of ['anr_foreground', 'anr_background']) {
      expect(update({ status: 'abnormal', abnormal_mechanism: name }).isAnr).toBe(true)
    }
    for (const name of ['none', null, undefined, 5]) expect(update({ abnormal_mechanism: name }).isAnr).toBe(false)
  })

  it('needs a release and a start', () => {
    for (const attrs of [undefined, null, {}, [], { release: '' }, { release: 'latest' }, { release: 'a/b' }]) {
      expect(() => update({ attrs })).toThrow('without a release')
    }
    for (const started of [undefined, null, 'yesterday', {}])
      expect(() => update({ started })).toThrow('when it started')
  })

  it('has no environment where that cannot be one', () => {
    for (const environment of [undefined, null, '', 'none', 'a/b', 'a\nb', {}]) {
      expect(read({ attrs: { release: '1', environment } }).environment).toBeNull()
    }
  })

  it.each(['{{auto}}', '203.0.113.7', '::1', 'no address', null, 5])('takes %s for an address', (ip_address) => {
    expect(read({ attrs: { ...ATTRS, ip_address } }).release).toBe('shop@1.4.2')
  })

  it.each(['', '{', '[]', 'null', '"x"', '5'])('is none as %s', (text) => {
    expect(() => readSession(Buffer.from(text), CONTEXT)).toThrow(/JSON/)
    expect(() => readAggregates(Buffer.from(text), CONTEXT)).toThrow(/JSON/)
  })

  it('is something that can be written, or is refused, whatever is in it', () => {
    const anything = fc.oneof(fc.jsonValue(), fc.string({ unit: 'binary' }), fc.double())
    const fields = fc.record({
      sid: anything,
      did: anything,
      seq: anything,
      init: anything,
      started: fc.oneof(anything, fc.constant(iso(NOW))),
      timestamp: anything,
      duration: anything,
      status: fc.oneof(anything, fc.constantFrom('exited', 'crashed')),
      errors: anything,
      attrs: fc.oneof(anything, fc.record({ release: fc.oneof(anything, fc.constant('1')), environment: anything })),
    })
    fc.assert(
      fc.property(fields, (session) => {
        let received: ReturnType<typeof read>
        try {
          received = readSession(Buffer.from(JSON.stringify(session)), CONTEXT)
        } catch (error) {
          expect(error).toMatchObject({ name: 'AppError', code: 'INVALID' })
          return
        }
        const { sid, seq, durationMs, startedOn, user, state } = received.update
        expect(sid === null || /^[0-9a-f]{32}$/.test(sid)).toBe(true)
        expect(Number.isSafeInteger(seq) && seq >= 0).toBe(true)
        expect(durationMs === null || (Number.isInteger(durationMs) && durationMs >= 0 && durationMs < 2 ** 31)).toBe(
          true,
        )
        expect(startedOn).toMatch(/^2026-11-\d\d$/)
        expect(user === null || (user.length > 0 && user.length <= 128)).toBe(true)
        expect(state).toBeLessThan(64)
        expect(received.release.isWellFormed() && !received.release.includes('\0')).toBe(true)
      }),
    )
  })
})

describe('aggregates of sessions', () => {
  const started = iso(NOW - 60_000)

  it('are counted by the minute, and what is no count is none', () => {
    const list = [
      { started, exited: 2, errored: 0, crashed: 1 },
      { started, did: 'a', abnormal: 3, unhandled: 4, errored: '5', exited: -1, crashed: null },
    ]
    expect(aggregates(list).aggregates).toEqual([
      { startedMs: NOW - 60_000, user: null, exited: 2, errored: 0, crashed: 1, abnormal: 0, unhandled: 0 },
      {
        startedMs: NOW - 60_000,
        user: update({ did: 'a' }).user,
        exited: 0,
        errored: 0,
        crashed: 0,
        abnormal: 3,
        unhandled: 4,
      },
    ])
  })

  it('are left out each for itself', () => {
    const list = [{ started: iso(NOW - 6 * DAY_MS), exited: 1 }, 5, { exited: 1 }, { started, exited: 1 }]
    const read = aggregates(list)
    expect(read.aggregates).toHaveLength(1)
    expect(read.problems.map(({ message }) => message)).toEqual([
      'The start of a session lies more than five days back.',
      'A session must be a JSON object.',
      'A session must tell when it started.',
    ])
  })

  it('are a hundred at most', () => {
    const read = aggregates(Array.from({ length: 130 }, () => ({ started, exited: 1 })))
    expect([read.aggregates.length, read.beyond, read.problems.length]).toEqual([100, 30, 0])
    expect(aggregates([]).aggregates).toEqual([])
  })

  it('need a list and a release', () => {
    expect(() => aggregates({})).toThrow('list of aggregates')
    expect(() => readAggregates(Buffer.from('{"aggregates":[]}'), CONTEXT)).toThrow('without a release')
  })

  it('cannot count more than anybody has', () => {
    expect(aggregates([{ started, exited: 1e300, crashed: 1.9 }]).aggregates[0]).toMatchObject({
      exited: 10_000_000,
      crashed: 1,
    })
  })
})
