// From the counts that the server keeps to what the page draws: one series for each outcome, and the table's rows.

import type { IngestContent } from './+page.ts'

type OutcomeCount = IngestContent['outcomes'][number]

/** From the bottom of a bar to its top. */
const OUTCOMES = ['accepted', 'sampled', 'unsupported', 'dropped', 'client_discarded'] as const
export type Outcome = (typeof OUTCOMES)[number]

/** That of a series is where the eye looks for it: red for what was lost here, amber for what never came. */
const COLOURS: Record<Outcome, string> = {
  accepted: '--bar',
  sampled: '--info',
  unsupported: '--ignored',
  dropped: '--error',
  client_discarded: '--warning',
}

export interface Series {
  outcome: Outcome
  colour: string
  total: number
  counts: number[]
}

/** Those of one category, or all. */
export function chooseCategory(counts: readonly OutcomeCount[], category: string | null): OutcomeCount[] {
  return category === null ? [...counts] : counts.filter((count) => count.category === category)
}

/** In the order of their names. */
export function listCategories(counts: readonly OutcomeCount[]): string[] {
  return [...new Set(counts.map(({ category }) => category))].toSorted()
}

/** One for each outcome, those without any count included, so that the legend stays as it is. */
export function buildSeries(counts: readonly OutcomeCount[]): { times: string[]; series: Series[] } {
  const times = counts[0]?.points.map(({ at }) => at) ?? []
  const series = OUTCOMES.map((outcome) => {
    const ofOutcome = counts.filter((count) => count.outcome === outcome)
    const sums = times.map((_, index) =>
      ofOutcome.reduce((sum, { points }) => sum + Number(points[index]?.count ?? 0), 0),
    )
    return { outcome, colour: COLOURS[outcome], total: sums.reduce((sum, count) => sum + count, 0), counts: sums }
  })
  return { times, series }
}

/** In the order of the outcomes, the largest first within each. */
export function listRows(counts: readonly OutcomeCount[]): (OutcomeCount & { outcome: Outcome })[] {
  return OUTCOMES.flatMap((outcome) =>
    counts
      .filter((count): count is OutcomeCount & { outcome: Outcome } => count.outcome === outcome)
      .toSorted((a, b) => Number(b.quantity) - Number(a.quantity)),
  )
}
