import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../server/domain/event.ts'
import { listRemarks } from '../../server/domain/list-remarks.ts'

describe('the remarks on an event', () => {
  it('are a list of what was hidden, removed or cut, with its place and rule', () => {
    expect(
      listRemarks({
        request: { headers: { 'X-Token': { '': { rem: [['@password:filter', 's', 0, 10]] } } } },
        user: { ip_address: { '': { rem: [['@ip:remove', 'x']] } } },
        exception: { values: { '0': { value: { '': { rem: [['!limit', 's', 8189, 8192]], len: 9000 } } } } },
        breadcrumbs: { '': { len: 250 } },
      }),
    ).toEqual([
      { path: 'request.headers.X-Token', rule: '@password:filter', kind: 'SUBSTITUTED', originalLength: null },
      { path: 'user.ip_address', rule: '@ip:remove', kind: 'REMOVED', originalLength: null },
      { path: 'exception.values.0.value', rule: '!limit', kind: 'CUT', originalLength: 9000 },
      { path: 'breadcrumbs', rule: '!limit', kind: 'CUT', originalLength: 250 },
    ])
  })

  it('name each rule once for a value', () => {
    const rem = [
      ['@creditcard:filter', 's', 0, 10],
      ['@creditcard:filter', 's', 20, 30],
      ['!limit', 's', 40, 43],
    ]
    expect(listRemarks({ message: { '': { rem, len: 50 } } }).map(({ rule }) => rule)).toEqual([
      '@creditcard:filter',
      '!limit',
    ])
  })

  it('are none of an event without any, and bounded whatever an SDK sends', () => {
    expect(listRemarks(null)).toEqual([])
    expect(listRemarks({ '': null, a: [], b: 'x', c: { '': { rem: 'x', len: 'y' } } })).toEqual([])
    expect(listRemarks({ a: { '': { rem: [null, [], [7], ['r']], len: -1 } } })).toEqual([
      { path: 'a', rule: 'r', kind: 'ANNOTATED', originalLength: null },
    ])
    const many: JsonObject = {}
    for (let index = 0; index < 1_000; index += 1) many[`k${index}`] = { '': { len: index } }
    expect(listRemarks({ extra: many })).toHaveLength(200)
    let deep: JsonObject = { '': { len: 1 } }
    for (let index = 0; index < 1_000; index += 1) deep = { a: deep }
    expect(listRemarks(deep)).toEqual([])
  })
})
