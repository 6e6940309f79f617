// A project's backend decides who keeps its issues. A tracker for Sentry servers is not there yet; GitLab's API can choose
// it all the same, which turns off what SDKs send. What was taken in before stays to be read, and the pages stay usable.

import type { TrackerBackend } from '../domain/project.ts'
import type { Tracker } from '../domain/tracker.ts'

export type TrackerOf = (backend: TrackerBackend) => Tracker

export function createTrackerChoice(trackers: { integrated: Tracker }): TrackerOf {
  return () => trackers.integrated
}
