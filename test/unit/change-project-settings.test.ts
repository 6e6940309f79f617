import { describe, expect, it } from 'vitest'
import { changeProjectSettings, type ProjectSettingsChange } from '../../server/domain/change-project-settings.ts'
import { readProjectSettings } from '../../server/domain/project-settings.ts'

const DEFAULTS = readProjectSettings({})
const change = (changes: ProjectSettingsChange, before: unknown = {}) =>
  changeProjectSettings(readProjectSettings(before), changes, 90)
const problemsOf = (changes: ProjectSettingsChange, before?: unknown) =>
  change(changes, before).problems.map(({ field, message }) => [field, message])

describe('a change of settings', () => {
  it('leaves everything that it does not name', () => {
    const before = {
      eventsPerMinute: 10,
      eventsPerMinuteHardMax: 100,
      filters: { crawlers: true, messages: ['x*'], releaseMin: '2.0' },
      scrubbing: { enabled: false, safeFields: ['auth_kind'], removesAddresses: true },
      retentionDays: 7,
    }
    expect(change({}, before)).toEqual({ settings: readProjectSettings(before), problems: [] })
    expect(change({ filters: {}, scrubbing: {}, limits: {} }, before).settings).toEqual(readProjectSettings(before))
    expect(change({ filters: { localhost: true } }, before).settings).toEqual({
      ...readProjectSettings(before),
      filters: { ...readProjectSettings(before).filters, localhost: true },
    })
  })

  it('gives what is null its default', () => {
    const before = {
      eventsPerMinute: 10,
      filters: { crawlers: true, messages: ['x*'], releaseMin: '2.0' },
      scrubbing: { enabled: false, safeFields: ['auth_kind'] },
      retentionDays: 7,
    }
    const { settings } = change(
      {
        filters: { crawlers: null, messages: null, releaseMin: null },
        scrubbing: { enabled: null, safeFields: null },
        limits: { eventsPerMinute: null },
        retentionDays: null,
      },
      before,
    )
    expect(settings).toEqual(DEFAULTS)
  })

  it('takes lists as people write them: without blanks, and each entry once', () => {
    const { settings, problems } = change({
      filters: { messages: [' a*b ', '', 'a*b', '  '], addresses: ['10.0.0.0/8 ', '::1'], releaseMin: ' 2.0 ' },
    })
    expect(problems).toEqual([])
    expect(settings.filters).toMatchObject({
      messages: ['a*b'],
      addresses: ['10.0.0.0/8', '::1'],
      releaseMin: '2.0',
    })
    expect(change({ filters: { releaseMin: '  ' } }).settings.filters.releaseMin).toBeNull()
  })

  it('can be read again as it was kept', () => {
    const { settings } = change({
      filters: { crawlers: true, releases: ['1.*'], messages: ['?'.repeat(200)], addresses: ['2001:db8::/32'] },
      scrubbing: { sensitiveFields: ['iban'], safeFields: ['ab'] },
      limits: { eventsPerMinute: 0, eventsPerMinuteHardMax: 1 },
      retentionDays: 90,
    })
    expect(readProjectSettings(JSON.parse(JSON.stringify(settings)))).toEqual(settings)
  })
})

describe('what is wrong with a change', () => {
  it.each<[string, ProjectSettingsChange, string]>([
    ['filters.addresses', { filters: { addresses: ['10.0.0.0/99'] } }, '"10.0.0.0/99" is no IP address or range.'],
    ['filters.addresses', { filters: { addresses: ['example.com'] } }, '"example.com" is no IP address or range.'],
    ['filters.addresses', { filters: { addresses: ['0.0.0.0/0'] } }, '"0.0.0.0/0" is everybody'],
    ['filters.messages', { filters: { messages: ['**'] } }, '"**" matches everything'],
    ['filters.messages', { filters: { messages: ['x'.repeat(201)] } }, 'is longer than 200 characters.'],
    ['filters.releases', { filters: { releases: ['*'] } }, '"*" matches everything'],
    ['filters.releaseMin', { filters: { releaseMin: 'main' } }, '"main" is no version. Write it like 2.4.0'],
    ['scrubbing.safeFields', { scrubbing: { safeFields: ['x'] } }, "A field's name has 2 to 100 characters, not 1."],
    ['scrubbing.sensitiveFields', { scrubbing: { sensitiveFields: ['x'.repeat(101)] } }, 'not 101.'],
    ['limits.eventsPerMinute', { limits: { eventsPerMinute: -1 } }, 'A whole number from 0 to 100,000,000, not -1.'],
    ['limits.eventsPerMinute', { limits: { eventsPerMinute: 1.5 } }, 'not 1.5.'],
    ['limits.eventsPerMinuteHardMax', { limits: { eventsPerMinuteHardMax: 0 } }, 'A whole number from 1'],
    ['retentionDays', { retentionDays: 0 }, 'A whole number from 1 to 90, not 0.'],
    ['retentionDays', { retentionDays: 91 }, 'A whole number from 1 to 90, not 91.'],
  ])('is told with its field: %s of %j', (field, changes, message) => {
    expect(problemsOf(changes)).toEqual([[field, expect.stringContaining(message) as string]])
  })

  it('is that a list is too long', () => {
    const many = (length: number) => Array.from({ length }, (_, index) => `10.0.${index >> 8}.${index & 255}`)
    expect(problemsOf({ filters: { addresses: many(200) } })).toEqual([])
    expect(problemsOf({ filters: { addresses: many(201) } })).toEqual([
      ['filters.addresses', 'At most 200 entries, not 201.'],
    ])
    expect(problemsOf({ filters: { messages: many(51) } })).toEqual([
      ['filters.messages', 'At most 50 entries, not 51.'],
    ])
  })

  it('is that a hard limit lies below the soft one, whichever of them changes', () => {
    const message = 'The hard limit must not be below the soft limit, which is 1,000.'
    const field = 'limits.eventsPerMinuteHardMax'
    expect(problemsOf({ limits: { eventsPerMinute: 1_000, eventsPerMinuteHardMax: 10 } })).toEqual([[field, message]])
    expect(problemsOf({ limits: { eventsPerMinute: 1_000 } }, { eventsPerMinuteHardMax: 10 })).toEqual([
      [field, message],
    ])
    expect(problemsOf({ limits: { eventsPerMinuteHardMax: 10 } }, { eventsPerMinute: 0 })).toEqual([])
  })

  it('is told all at once', () => {
    expect(
      problemsOf({ filters: { addresses: ['a', 'b'], releaseMin: 'x' }, retentionDays: 0 }).map(([field]) => field),
    ).toEqual(['filters.addresses', 'filters.addresses', 'retentionDays', 'filters.releaseMin'])
  })

  it('does not bring back a long text whole', () => {
    const [[, message = ''] = []] = problemsOf({ filters: { addresses: ['x'.repeat(10_000)] } })
    expect(message.length).toBeLessThan(250)
  })
})
