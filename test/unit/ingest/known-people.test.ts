import { describe, expect, it } from 'vitest'
import { createKnownPeople } from '../../../server/ingest/known-people.ts'

const person = { healthId: 9, kind: 0, user: '-42', hour: 100 }

describe('createKnownPeople', () => {
  it('leaves out who was counted in the same hour, or a later one', () => {
    const people = createKnownPeople()
    expect(people.leaveOut([person])).toEqual([person])
    people.remember([person])
    expect(people.leaveOut([person, { ...person, hour: 99 }])).toEqual([])
  })

  it('keeps who comes back in a later hour, and whom another release or kind counts', () => {
    const people = createKnownPeople()
    people.remember([person])
    const others = [
      { ...person, hour: 101 },
      { ...person, healthId: 8 },
      { ...person, kind: 1 },
      { ...person, user: '-43' },
    ]
    expect(people.leaveOut(others)).toEqual(others)
  })
})
