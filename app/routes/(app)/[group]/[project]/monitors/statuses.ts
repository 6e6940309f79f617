// What a check-in's state looks like: its colour, and a shape that tells it without one.

import type { MonitorEnvironment } from './+page.ts'

export type Status = MonitorEnvironment['status']

export const STATUSES: readonly Status[] = ['OK', 'IN_PROGRESS', 'MISSED', 'TIMEOUT', 'ERROR']

interface Look {
  colour: string
  /** On a field of 8 by 20: filled. */
  fill: string
  /** The same, drawn as lines. */
  stroke: string
}

/** Half a bar; a dot; an empty bar; a bar that breaks off; a whole bar with a cap. */
export const LOOKS: Record<Status, Look> = {
  OK: { colour: '--resolved', fill: 'M2 10h4v10H2z', stroke: '' },
  IN_PROGRESS: { colour: '--info', fill: 'M4 14a3 3 0 1 0 0 6 3 3 0 0 0 0-6z', stroke: '' },
  MISSED: { colour: '--warning', fill: '', stroke: 'M1.75 1.75h4.5v17.5h-4.5z' },
  TIMEOUT: { colour: '--warning', fill: 'M2 12h4v8H2zM2 7h4v3H2zM2 3h4v2H2z', stroke: '' },
  ERROR: { colour: '--error', fill: 'M2 3h4v17H2zM0 0h8v3H0z', stroke: '' },
}
