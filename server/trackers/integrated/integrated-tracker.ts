// The tracker over our own database. Every statement is SQL that an index answers, however many events there are, and is
// sent by name: the list is what dashboards ask all day, and Prisma takes three times as long for it.

import type { Pool } from 'pg'
import type { Purge } from '../../database/purge.ts'
import type { Publish } from '../../domain/change.ts'
import type { Tracker } from '../../domain/tracker.ts'
import { createIssueCounts } from './count-issues.ts'
import { deleteIssues } from './delete-issues.ts'
import { findEvents, findLatestEvents } from './find-events.ts'
import { findIssueByShortId, findIssues } from './find-issues.ts'
import { listEvents, neighbourEvent, oldestEvent } from './list-events.ts'
import { listIssues } from './list-issues.ts'
import { readFrequencies } from './read-frequencies.ts'
import { readTagFacets } from './read-tag-facets.ts'
import { setStatus } from './set-status.ts'
import { summarizeProjects } from './summarize-projects.ts'

export interface IntegratedTrackerOptions {
  pool: Pool
  publish: Publish
  onChanges: (listener: Publish) => () => void
  /** What deletes the events of issues that are gone. */
  purge: Pick<Purge, 'runBriefly'>
  /** Milliseconds since the epoch. */
  clock?: () => number
}

export function createIntegratedTracker(options: IntegratedTrackerOptions): Tracker {
  const { pool, publish, onChanges, purge, clock = Date.now } = options
  return {
    listIssues: (projectId, query, page) => listIssues(pool, projectId, query, page),
    findIssues: (projectId, issueIds) => findIssues(pool, projectId, issueIds),
    findIssueByShortId: (projectId, shortId) => findIssueByShortId(pool, projectId, shortId),
    setStatus: (projectId, issueIds, status) => setStatus(pool, publish, projectId, issueIds, status),
    deleteIssues: (projectId, issueIds) => deleteIssues({ pool, publish, purge }, projectId, issueIds),
    countIssues: createIssueCounts(pool, onChanges),
    summarizeProjects: (projectIds) => summarizeProjects(pool, projectIds),
    frequencies: (projectId, issueIds, period) => readFrequencies(pool, projectId, issueIds, period, clock()),
    tagFacets: (projectId, issueIds) => readTagFacets(pool, projectId, issueIds),
    latestEvents: (projectId, issueIds) => findLatestEvents(pool, projectId, issueIds),
    listEvents: (projectId, issueId, page) => listEvents(pool, projectId, issueId, page),
    oldestEvent: (projectId, issueId) => oldestEvent(pool, projectId, issueId),
    findEvents: (keys) => findEvents(pool, keys),
    neighbourEvent: (event, which) => neighbourEvent(pool, event, which),
  }
}
