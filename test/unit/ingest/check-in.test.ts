import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AppError } from '../../../server/errors.ts'
import { makeSlug, readCheckIn } from '../../../server/ingest/read-check-in.ts'

const CONTEXT = { projectId: 7, receivedAtMs: Date.parse('2026-11-25T10:00:00Z') }
const ID = '9ce1e37e00af4e66828d2ef6363aeb6b'

function read(fields: Record<string, unknown>) {
  return readCheckIn(Buffer.from(JSON.stringify({ monitor_slug: 'nightly', status: 'ok', ...fields })), CONTEXT)
}

const crontab = { schedule: { type: 'crontab', value: '0 3 * * *' } }
const DEFAULTS = {
  timezone: 'UTC',
  checkinMarginMinutes: 1,
  maxRuntimeMinutes: 30,
  failureIssueThreshold: 1,
  recoveryThreshold: 1,
}

describe('a check-in', () => {
  it('is read with all that SDKs send', () => {
    expect(
      read({
        check_in_id: '9ce1e37e-00af-4e66-828d-2ef6363aeb6b',
        monitor_slug: 'Nightly Stock',
        status: 'in_progress',
        duration: 1.25,
        release: 'shop@1.4.2',
        environment: 'staging',
        contexts: { trace: { trace_id: '42639e0e1de240f599cd9e396c5514e0', span_id: 'bda6819b1645a818' } },
        monitor_config: {
          ...crontab,
          timezone: 'Europe/Berlin',
          checkin_margin: 5,
          max_runtime: 60,
          failure_issue_threshold: 2,
          recovery_threshold: 3,
          owner: 'team:ops',
        },
      }),
    ).toEqual({
      ...CONTEXT,
      id: ID,
      slug: 'nightly-stock',
      name: 'Nightly Stock',
      status: 'in_progress',
      environment: 'staging',
      namesEnvironment: true,
      durationMs: 1250,
      release: 'shop@1.4.2',
      traceId: '42639e0e1de240f599cd9e396c5514e0',
      config: {
        ...crontab,
        timezone: 'Europe/Berlin',
        checkinMarginMinutes: 5,
        maxRuntimeMinutes: 60,
        failureIssueThreshold: 2,
        recoveryThreshold: 3,
      },
      configProblem: null,
    })
  })

  it('may lack all but slug and status, or have null there, as PHP does', () => {
    const bare = {
      ...{ id: null, slug: 'nightly', status: 'ok', environment: 'production', namesEnvironment: false },
      ...{ durationMs: null, release: null, traceId: null, config: null, configProblem: null },
    }
    expect(read({})).toMatchObject(bare)
    const names = ['check_in_id', 'duration', 'release', 'environment', 'contexts', 'monitor_config']
    expect(read(Object.fromEntries(names.map((name) => [name, null])))).toMatchObject(bare)
    expect(read({ monitor_config: [], contexts: [] })).toMatchObject(bare)
    expect(read({ monitor_config: {}, contexts: {} })).toMatchObject(bare)
  })

  it('with an id of zeros is about the latest in progress', () => {
    expect(read({ check_in_id: '0'.repeat(32) }).id).toBeNull()
    expect(read({ check_in_id: '00000000-0000-0000-0000-000000000000' }).id).toBeNull()
  })

  it.each(['missed', 'timeout', 'OK', '', null, 1])('with the status %j is refused', (status) => {
    expect(() => read({ status })).toThrow('The "status" of a check-in is one of in_progress, ok, error.')
  })

  it.each(['', '---', null, {}, '日本'])('with the slug %j is refused', (slug) => {
    expect(() => read({ monitor_slug: slug })).toThrow('monitor_slug')
  })

  it.each([
    ['3.5', 3500],
    [-1, null],
    [Number.MAX_VALUE, null],
    ['soon', null],
    [true, null],
  ])('with the duration %j took %s ms', (duration, expected) => {
    expect(read({ duration }).durationMs).toBe(expected)
  })

  it.each(['none', 'a/b', 'a\nb'])('in the environment %j is in production', (environment) => {
    expect(read({ environment })).toMatchObject({ environment: 'production', namesEnvironment: false })
  })
})

describe('a slug', () => {
  it.each([
    ['Nightly Stock', 'nightly-stock'],
    ['  --nightly__stock-- ', 'nightly__stock'],
    ['Bücher & Café', 'bucher-cafe'],
    ['app:sync / users', 'appsync-users'],
    [`${'a'.repeat(49)}-bcd`, 'a'.repeat(49)],
    ['x'.repeat(80), 'x'.repeat(50)],
  ])('of %j is %s', (name, slug) => {
    expect(makeSlug(name)).toBe(slug)
  })
})

describe('a monitor_config', () => {
  const configOf = (config: unknown) => read({ monitor_config: config })

  it('has Sentry’s defaults for what it leaves out', () => {
    expect(configOf(crontab).config).toEqual({ ...crontab, ...DEFAULTS })
    const nothing = { timezone: '', checkin_margin: null, max_runtime: null, failure_issue_threshold: null }
    expect(configOf({ ...crontab, ...nothing }).config).toEqual({ ...crontab, ...DEFAULTS })
  })

  it('takes numbers as they come, within bounds', () => {
    const odd = { checkin_margin: '3', max_runtime: 1e12, failure_issue_threshold: 0, recovery_threshold: 2.4 }
    expect(configOf({ ...crontab, ...odd }).config).toEqual({
      ...{ ...crontab, ...DEFAULTS },
      ...{ checkinMarginMinutes: 3, maxRuntimeMinutes: 40_320, failureIssueThreshold: 1, recoveryThreshold: 2 },
    })
  })

  it.each(['minute', 'hour', 'day', 'week', 'month', 'year', 'Hours'])('takes an interval of a %s', (unit) => {
    const { config } = configOf({ schedule: { type: 'interval', value: 2, unit } })
    expect(config?.schedule).toEqual({ type: 'interval', value: 2, unit: unit.toLowerCase().replace(/s$/, '') })
  })

  it.each([
    ['no schedule', { timezone: 'UTC' }, 'must be {"type": "crontab"'],
    ['a schedule that is a text', { schedule: '0 3 * * *' }, 'must be {"type": "crontab"'],
    ['an unknown unit', { schedule: { type: 'interval', value: 1, unit: 'second' } }, 'one of minute, hour, day'],
    ['an interval of 0', { schedule: { type: 'interval', value: 0, unit: 'hour' } }, 'from 1 to 87600'],
    ['a hostile expression', { schedule: { type: 'crontab', value: '*'.repeat(5_000) } }, 'at most 100 characters'],
    ['an unknown time zone', { ...crontab, timezone: 'Mars/Olympus' }, '"Mars/Olympus" is not known'],
    ['a text', 'hourly', 'must be an object'],
  ])('with %s is left out, and it is told why', (_what, config, problem) => {
    const { config: read, configProblem } = configOf(config)
    expect(read).toBeNull()
    expect(configProblem).toContain(problem)
  })
})

it('whatever is sent is read or refused in words', () => {
  const json = fc.jsonValue({ maxDepth: 4 })
  const schedule = fc.record(
    { type: fc.oneof(fc.constantFrom('crontab', 'interval'), json), value: fc.oneof(fc.string(), json), unit: json },
    { requiredKeys: [] },
  )
  const config = fc.record(
    { schedule: fc.oneof(schedule, json), timezone: fc.oneof(fc.string(), json) },
    { requiredKeys: [] },
  )
  const checkIn = fc.record(
    {
      monitor_slug: fc.oneof(fc.string({ minLength: 1 }), json),
      status: fc.oneof(fc.constantFrom('ok', 'error', 'in_progress'), json),
      ...{ check_in_id: json, duration: json, environment: json, release: json, contexts: json },
      monitor_config: fc.oneof(config, json),
    },
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(checkIn, (raw) => {
      try {
        const {
          slug,
          environment,
          config: monitor,
          configProblem,
        } = readCheckIn(Buffer.from(JSON.stringify(raw)), CONTEXT)
        expect(slug).toMatch(/^[a-z0-9][\w-]{0,49}$/)
        // A text is cut to 64; no number has more digits than that.
        expect(environment.length).toBeLessThanOrEqual(310)
        expect(monitor === null || configProblem === null).toBe(true)
      } catch (error) {
        expect(error).toBeInstanceOf(AppError)
      }
    }),
    { numRuns: 500 },
  )
})
