// Who was counted for a release lately, by this process. All updates of a session name the same person in the same hour:
// those after the first need not be looked up in the database, which costs as much as counting the session itself.

import { createRecentMap } from './recent-map.ts'

export interface KnownPeople {
  /** @returns whether the database has them in this hour, or a later one; if not, it may all the same. */
  isCounted(person: string, hour: number): boolean
  /** They are committed. */
  remember(people: readonly CountedPerson[]): void
}

interface CountedPerson {
  /** As `namePerson` does. */
  person: string
  /** Since the epoch: when their last session began. */
  hour: number
}

/** Some 100 bytes each, and not many more than 200. */
const KNOWN_MAX = 40_000

export function createKnownPeople(): KnownPeople {
  const hours = createRecentMap<number>(KNOWN_MAX)

  return {
    isCounted: (person, hour) => (hours.get(person) ?? -1) >= hour,
    remember(people) {
      for (const { person, hour } of people) hours.set(person, hour)
    },
  }
}

/** @param user as `SessionUpdate` has it. */
export function namePerson(healthId: number, kind: number, user: string): string {
  return `${healthId}:${kind}:${user}`
}
