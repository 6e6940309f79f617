// A project's backend decides who keeps its issues. A tracker for Sentry servers is not there yet, and nothing can put a
// project on it: the answer below is for a database that a newer Faultline has written.

import type { TrackerBackend } from '../domain/project.ts'
import type { Tracker } from '../domain/tracker.ts'
import { AppError } from '../errors.ts'

export type TrackerOf = (backend: TrackerBackend) => Tracker

export function createTrackerChoice(trackers: { integrated: Tracker }): TrackerOf {
  return (backend) => {
    if (backend === 'INTEGRATED') return trackers.integrated
    throw new AppError('UNAVAILABLE', 'The issues of this project are on a Sentry server, which is not supported yet.')
  }
}
