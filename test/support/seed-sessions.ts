// Sessions of several releases, days and ends, sent as SDKs send them.

import type { SeededProject, TestServer } from './create-test-server.ts'

const HOUR_MS = 3_600_000

interface Seeded {
  release: string
  environment: string | null
  /** Of each of the last hours. */
  exited: number
  errored?: number
  crashed?: number
  abnormal?: number
  unhandled?: number
  hours: number
  people: number
}

/** As aggregates: for each hour one of each person. */
export async function seedSessions(
  { sendEnvelope }: Pick<TestServer, 'sendEnvelope'>,
  project: SeededProject,
  seeded: readonly Seeded[],
): Promise<void> {
  for (const { release, environment, hours, people, ...counts } of seeded) {
    for (let hour = 0; hour < hours; hour += 1) {
      const started = new Date(Date.now() - hour * HOUR_MS).toISOString()
      const share = 1 + Math.sin(hour / 4) / 2
      const aggregates = Array.from({ length: people }, (_, person) => ({
        started,
        did: `person-${person}`,
        exited: Math.round(counts.exited * share),
        // Only some have trouble.
        ...(person % 4 === hour % 4 && { ...counts, exited: 0 }),
      }))
      const item = JSON.stringify({ aggregates, attrs: { release, environment } })
      const answer = await sendEnvelope(`{}\n{"type":"sessions"}\n${item}`, {}, project)
      if (answer.status !== 200) throw new Error(`${answer.status}: ${await answer.text()}`)
    }
  }
}
