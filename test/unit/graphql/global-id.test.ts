import { describe, expect, it } from 'vitest'
import { AppError } from '../../../server/errors.ts'
import {
  decodeGlobalId,
  encodeGlobalId,
  formatEventKey,
  formatIssueKey,
  parseEventKey,
  parseIssueKey,
  parseSerial,
  requireKey,
} from '../../../server/graphql/global-id.ts'

const EVENT = { projectId: 7, day: '2026-11-22', eventId: 'a'.repeat(32) }

describe('global ids', () => {
  it('are opaque, fit into a URL, and come out as they went in', () => {
    const id = encodeGlobalId('Issue', formatIssueKey({ projectId: 7, id: '12' }))
    expect(id).toMatch(/^[A-Za-z0-9_-]+$/)
    expect(decodeGlobalId(id)).toEqual({ typename: 'Issue', id: '7.12' })
    expect(parseIssueKey('7.12')).toEqual({ projectId: 7, issueId: '12' })
    expect(parseEventKey(formatEventKey(EVENT))).toEqual(EVENT)
  })

  it.each(['', '7', '7.', '.12', '0.12', '-1.2', 'x.2', '99999999999.1', '2147483648.1'])(
    'of issues are refused when they are none: %s',
    (key) => expect(parseIssueKey(key)).toBeNull(),
  )

  it.each([
    '7.2026-11-22',
    '7.2026-02-30.' + 'a'.repeat(32),
    '7.2026-13-01.' + 'a'.repeat(32),
    '7.20261122.' + 'a'.repeat(32),
    '7.2026-11-22.' + 'A'.repeat(32),
    '7.2026-11-22.' + 'a'.repeat(31),
    '7.2026-11-22.' + 'a'.repeat(32) + '.x',
    '0.2026-11-22.' + 'a'.repeat(32),
  ])('of events are refused when they are none: %s', (key) => expect(parseEventKey(key)).toBeNull())

  it('hold numbers that the database can hold', () => {
    expect(parseSerial('2147483647')).toBe(2_147_483_647)
    for (const key of ['0', '01', '1e3', ' 1', '2147483648', '1.0']) expect(parseSerial(key), key).toBeNull()
  })

  it('of another type belong to nothing', () => {
    const id = encodeGlobalId('Issue', '7.12')
    expect(requireKey(id, 'Issue')).toBe('7.12')
    expect(() => requireKey(id, 'Project')).toThrow(AppError)
    expect(() => requireKey('nonsense', 'Project')).toThrow(AppError)
    expect(decodeGlobalId('x'.repeat(201))).toBeNull()
    expect(decodeGlobalId(Buffer.from(':1').toString('base64url'))).toBeNull()
  })
})
