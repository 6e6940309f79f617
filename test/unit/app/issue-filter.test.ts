import { describe, expect, it } from 'vitest'
import { linkFilter, readFilter, SORTS, TABS } from '#lib/domain/issue-filter.ts'

const PATH = '/acme/shop'
const byDefault = readFilter(new URLSearchParams())

describe('the filter of an issue list', () => {
  it('is the unresolved issues, last seen first, where the URL says nothing', () => {
    expect(byDefault).toEqual({ status: 'UNRESOLVED', query: '', sort: 'LAST_SEEN', direction: 'DESC', after: [] })
    expect(linkFilter(PATH, byDefault, {})).toBe(PATH)
  })

  it('survives the way into a link and back', () => {
    for (const { status } of TABS) {
      for (const { sort } of SORTS) {
        const filter = { status, sort, query: 'a & b/ü', direction: 'ASC' as const, after: ['c1', 'c2'] }
        const link = new URL(linkFilter(PATH, filter, { after: filter.after }), 'http://localhost')
        expect(readFilter(link.searchParams)).toEqual(filter)
      }
    }
  })

  it('begins at the first page when anything else changes', () => {
    const later = { ...byDefault, after: ['c1', 'c2'] }
    expect(linkFilter(PATH, later, { status: 'IGNORED' })).toBe(`${PATH}?status=ignored`)
    expect(linkFilter(PATH, later, { after: ['c1'] })).toBe(`${PATH}?after=c1`)
  })

  it('takes what it does not know for the default', () => {
    expect(readFilter(new URLSearchParams('status=nonsense&sort=%00&direction=up'))).toEqual(byDefault)
  })

  it('remembers twenty pages at most', () => {
    const after = Array.from({ length: 30 }, (_, index) => `c${index}`)
    const link = new URL(linkFilter(PATH, byDefault, { after }), 'http://localhost')
    expect(readFilter(link.searchParams).after).toEqual(after.slice(-20))
  })
})
