import { describe, expect, it } from 'vitest'
import type { Change } from '../../../server/domain/change.ts'
import { decodeChanges, encodeChanges } from '../../../server/realtime/encode-changes.ts'

const CHANGES: Change[] = [
  { type: 'event', key: { projectId: 7, day: '2026-11-22', eventId: 'a'.repeat(32) }, issueId: '12' },
  { type: 'issue', projectId: 7, issueId: '12', kind: 'REGRESSED' },
  { type: 'deletion', projectId: 7, issueId: '12' },
  { type: 'project', projectId: 8 },
  { type: 'access' },
]

describe('changes between processes', () => {
  it('come out as they went in', () => {
    const [payload = ''] = encodeChanges('me', CHANGES)
    expect(decodeChanges('other', payload)).toEqual(CHANGES)
  })

  it('are not heard by the process that sent them', () => {
    const [payload = ''] = encodeChanges('me', CHANGES)
    expect(decodeChanges('me', payload)).toEqual([])
  })

  it('are split into payloads that PostgreSQL takes, without losing one', () => {
    const many = Array.from({ length: 1_000 }, (_, index): Change => ({
      type: 'event',
      key: { projectId: 1, day: '2026-11-22', eventId: String(index).padStart(32, '0') },
      issueId: String(index),
    }))
    const payloads = encodeChanges('me', many)
    expect(payloads.length).toBeGreaterThan(1)
    for (const payload of payloads) expect(Buffer.byteLength(payload)).toBeLessThan(8_000)
    expect(payloads.flatMap((payload) => decodeChanges('other', payload))).toEqual(many)
  })

  it('leaves out lines that it does not understand, as a newer process may send them', () => {
    expect(decodeChanges('me', 'other\nz 1 2 3\ni 7 12 MERGED\ne 7\nd 7\np x\np 8')).toEqual([
      { type: 'project', projectId: 8 },
    ])
  })
})
