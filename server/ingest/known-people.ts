// Who was counted for a release lately, by this process. All updates of a session name the same person in the same hour:
// those after the first need not be looked up in the database, which costs as much as counting the session itself.

import { createRecentMap } from './recent-map.ts'

interface CountedPerson {
  healthId: number
  kind: number
  /** A hash. */
  user: string
  /** Since the epoch: when their last session began. */
  hour: number
}

export interface KnownPeople {
  /** @returns those whose hour the database may not have yet. */
  leaveOut<Person extends CountedPerson>(people: readonly Person[]): Person[]
  /** They are committed. */
  remember(people: readonly CountedPerson[]): void
}

/** Some 100 bytes each. */
const KNOWN_MAX = 40_000

export function createKnownPeople(): KnownPeople {
  const hours = createRecentMap<number>(KNOWN_MAX)

  return {
    leaveOut: (people) => people.filter((person) => (hours.get(keyOf(person)) ?? -1) < person.hour),
    remember(people) {
      for (const person of people) hours.set(keyOf(person), person.hour)
    },
  }
}

function keyOf({ healthId, kind, user }: CountedPerson): string {
  return `${healthId}:${kind}:${user}`
}
