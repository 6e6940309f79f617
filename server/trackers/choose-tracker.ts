// A project's backend decides who keeps its issues. A tracker for Sentry servers is not there yet; GitLab's API can choose
// it all the same, which turns off what SDKs send.

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
