import { describe, expect, it } from 'vitest'
import { createKnownPeople, namePerson } from '../../../server/ingest/known-people.ts'

const PERSON = namePerson(9, 0, 'fe')

describe('createKnownPeople', () => {
  it('knows who was counted in the same hour, or a later one', () => {
    const people = createKnownPeople()
    expect(people.isCounted(PERSON, 100)).toBe(false)
    people.remember([{ person: PERSON, hour: 100 }])
    expect([100, 99].map((hour) => people.isCounted(PERSON, hour))).toEqual([true, true])
  })

  it('does not know who comes back in a later hour, and whom another release or kind counts', () => {
    const people = createKnownPeople()
    people.remember([{ person: PERSON, hour: 100 }])
    expect(people.isCounted(PERSON, 101)).toBe(false)
    for (const other of [namePerson(8, 0, 'fe'), namePerson(9, 1, 'fe'), namePerson(9, 0, 'ff')]) {
      expect(people.isCounted(other, 100)).toBe(false)
    }
  })
})
