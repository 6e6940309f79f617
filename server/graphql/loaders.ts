// The reads of one operation, batched: however many issues a list has, its frequencies are one statement.

import { listMembers, type Member, type MembersKey } from '../auth/list-members.ts'
import type { AccessToken, Invitation } from '../database/generated/client.ts'
import { readAttachments } from '../database/read-attachments.ts'
import type { Attachment } from '../domain/attachment.ts'
import type { Publish } from '../domain/change.ts'
import type { StoredEvent } from '../domain/event.ts'
import { FREQUENCY_PERIODS, type FrequencyPeriod, type FrequencyPoint, type Issue } from '../domain/issue.ts'
import { formatPlace, type Place } from '../domain/place.ts'
import type { ReleaseSummary, SessionSummary } from '../domain/release-health.ts'
import type { TransactionSummary } from '../domain/transaction.ts'
import type { EventKey, Page, ProjectSummary, TagFacet, Tracker } from '../domain/tracker.ts'
import { createBatchLoader, type BatchLoader, type Keeping } from './batch-loader.ts'
import type { GraphqlDeps } from './context.ts'
import { formatEventKey, type IssueKey } from './global-id.ts'
import { findProjects, type ProjectRow } from '../projects/project-row.ts'
import { listGroupProjects, type GroupProjectsKey } from '../projects/list-group-projects.ts'
import { readClientErrors, readClientSdks, type ClientErrorRow, type ClientSdkRow } from './read-client-use.ts'
import {
  findIssueIdsByHash,
  readCheckIns,
  readMonitorEnvironments,
  readMonitors,
  type CheckInRecord,
  type CheckInsKey,
  type IssueHashKey,
  type MonitorEnvironmentRecord,
  type MonitorKey,
  type MonitorRecord,
} from './read-monitors.ts'
import { readAccessTokens, readInvitations } from './read-place.ts'
import { formatAuditLogKey, listAuditEntries, type AuditEntryRow, type AuditLogKey } from './list-audit-entries.ts'
import { readKeyEvents } from './read-key-events.ts'
import { readOutcomes, type OutcomeCount } from './read-outcomes.ts'
import {
  countNewIssues,
  readEnvironments,
  readEnvironmentSummaries,
  readReleaseSummaries,
  type EnvironmentKey,
  type ReleaseKey,
} from './read-releases.ts'
import { readTransactions, type TraceKey } from './read-transactions.ts'

type LoaderDeps = Pick<GraphqlDeps, 'database' | 'trackerOf' | 'clock'>

export interface Loaders {
  project: BatchLoader<number, ProjectRow | null>
  projectSummary: BatchLoader<number, ProjectSummary>
  members: BatchLoader<MembersKey, Page<Member>>
  invitations: BatchLoader<Place, Invitation[]>
  accessTokens: BatchLoader<number, AccessToken[]>
  auditLog: BatchLoader<AuditLogKey, Page<AuditEntryRow>>
  groupProjects: BatchLoader<GroupProjectsKey, Page<ProjectRow>>
  issue: BatchLoader<IssueKey, Issue | null>
  event: BatchLoader<EventKey, StoredEvent | null>
  latestEvent: BatchLoader<IssueKey, StoredEvent | null>
  tagFacets: BatchLoader<IssueKey, TagFacet[]>
  frequency: Record<FrequencyPeriod, BatchLoader<IssueKey, FrequencyPoint[]>>
  transactions: BatchLoader<TraceKey, TransactionSummary[]>
  attachments: BatchLoader<EventKey, Attachment[]>
  outcomes: Record<FrequencyPeriod, BatchLoader<number, OutcomeCount[]>>
  releases: Record<FrequencyPeriod, BatchLoader<ReleaseKey, ReleaseSummary>>
  environments: Record<FrequencyPeriod, BatchLoader<EnvironmentKey, SessionSummary>>
  environmentNames: BatchLoader<number, (string | null)[]>
  newIssues: BatchLoader<{ projectId: number; version: string }, number>
  keyEvents: Record<FrequencyPeriod, BatchLoader<number, FrequencyPoint[]>>
  clientSdks: BatchLoader<number, ClientSdkRow[]>
  clientErrors: BatchLoader<number, ClientErrorRow[]>
  monitors: BatchLoader<number, MonitorRecord[]>
  monitorEnvironments: BatchLoader<MonitorKey, MonitorEnvironmentRecord[]>
  checkIns: BatchLoader<CheckInsKey, CheckInRecord[]>
  issueIdByHash: BatchLoader<IssueHashKey, string | null>
  /** Whether a person, by id, has turned the second step at sign-in on. */
  twoFactorEnabled: BatchLoader<string, boolean>
  trackerOf: (projectId: number) => Promise<Tracker>
}

/** Mutations of the same operation change it. */
const BATCHED_ONLY: Keeping = { keepMs: 0, entriesMax: 0 }

export function createLoaders(deps: LoaderDeps, keeping?: Keeping): Loaders {
  const project = createBatchLoader<number, ProjectRow | null>(
    (id) => id,
    (ids) => findProjects(deps.database.prisma, ids),
    keeping,
  )

  /** A project that is gone has nothing left with either backend. */
  async function trackerOf(projectId: number): Promise<Tracker> {
    return deps.trackerOf((await project.load(projectId))?.backend ?? 'INTEGRATED')
  }

  /** Reads what belongs to issues with one call for each project. */
  function createIssueLoader<Value>(
    read: (tracker: Tracker, projectId: number, issueIds: string[]) => Promise<Value[]>,
  ): BatchLoader<IssueKey, Value> {
    return createBatchLoader(
      (key) => `${key.projectId}.${key.issueId}`,
      (keys) =>
        readByProject(keys, async (projectId, ofProject) => {
          const issueIds = ofProject.map(({ issueId }) => issueId)
          return read(await trackerOf(projectId), projectId, issueIds)
        }),
      keeping,
    )
  }

  function createFrequencyLoader(period: FrequencyPeriod) {
    return createIssueLoader((tracker, projectId, issueIds) => tracker.frequencies(projectId, issueIds, period))
  }

  /** For what belongs to a project and is not kept by its tracker. */
  function createProjectLoader<Value>(read: (projectIds: number[]) => Promise<Value[]>): BatchLoader<number, Value> {
    return createBatchLoader((id) => id, read, keeping)
  }

  const { pool, prisma } = deps.database
  const now = deps.clock ?? Date.now

  return {
    project,
    twoFactorEnabled: createBatchLoader(
      (id) => id,
      async (ids) => {
        const where = { userId: { in: ids }, enabledAt: { not: null } }
        const rows = await deps.database.prisma.twoFactor.findMany({ where, select: { userId: true } })
        const enabled = new Set(rows.map(({ userId }) => userId))
        return ids.map((id) => enabled.has(id))
      },
      keeping,
    ),
    projectSummary: createBatchLoader(
      (id) => id,
      (ids) => deps.trackerOf('INTEGRATED').summarizeProjects(ids),
      keeping,
    ),
    members: createBatchLoader(
      ({ place, ...page }) => `${formatPlace(place)} ${JSON.stringify(page)}`,
      (keys) => listMembers(prisma, keys),
      BATCHED_ONLY,
    ),
    invitations: createBatchLoader(formatPlace, (places) => readInvitations(prisma, places, now()), BATCHED_ONLY),
    accessTokens: createBatchLoader(
      (id) => id,
      (ids) => readAccessTokens(prisma, ids),
      BATCHED_ONLY,
    ),
    auditLog: createBatchLoader(formatAuditLogKey, (keys) => listAuditEntries(pool, keys), BATCHED_ONLY),
    groupProjects: createBatchLoader(
      (key) => JSON.stringify(key),
      (keys) => listGroupProjects(deps.database, keys),
      BATCHED_ONLY,
    ),
    issue: createIssueLoader((tracker, projectId, issueIds) => tracker.findIssues(projectId, issueIds)),
    event: createBatchLoader(
      formatEventKey,
      (keys) => readByProject(keys, async (projectId, ofProject) => (await trackerOf(projectId)).findEvents(ofProject)),
      // An event may be a megabyte.
      keeping && { ...keeping, entriesMax: 250 },
    ),
    latestEvent: createIssueLoader((tracker, projectId, issueIds) => tracker.latestEvents(projectId, issueIds)),
    tagFacets: createIssueLoader((tracker, projectId, issueIds) => tracker.tagFacets(projectId, issueIds)),
    frequency: forEachPeriod(createFrequencyLoader),
    transactions: createBatchLoader(
      ({ projectId, traceId, day }) => `${projectId}.${traceId}.${day}`,
      (keys) => readTransactions(pool, keys),
      keeping,
    ),
    attachments: createBatchLoader(formatEventKey, (keys) => readAttachments(pool, keys), keeping),
    outcomes: forEachPeriod((period) => createProjectLoader((ids) => readOutcomes(pool, ids, period, now()))),
    releases: forEachPeriod((period) =>
      createBatchLoader(
        ({ projectId, id }) => `${projectId}.${id}`,
        (keys) => readReleaseSummaries(pool, keys, period, now()),
        keeping,
      ),
    ),
    environments: forEachPeriod((period) =>
      createBatchLoader(
        ({ projectId, environment }) => `${projectId}.${environment === null ? '' : `:${environment}`}`,
        (keys) => readEnvironmentSummaries(pool, keys, period, now()),
        keeping,
      ),
    ),
    environmentNames: createProjectLoader((ids) => readEnvironments(pool, ids)),
    newIssues: createBatchLoader(
      ({ projectId, version }) => `${projectId}.${version}`,
      (keys) => countNewIssues(pool, keys),
      keeping,
    ),
    keyEvents: forEachPeriod((period) =>
      createBatchLoader(
        (keyId) => keyId,
        (keyIds) => readKeyEvents(pool, keyIds, period, now()),
        keeping,
      ),
    ),
    clientSdks: createProjectLoader((ids) => readClientSdks(prisma, ids)),
    clientErrors: createProjectLoader((ids) => readClientErrors(prisma, ids)),
    monitors: createProjectLoader((ids) => readMonitors(pool, ids)),
    monitorEnvironments: createBatchLoader(
      ({ projectId, monitorId }) => `${projectId}.${monitorId}`,
      (keys) => readMonitorEnvironments(pool, keys),
      keeping,
    ),
    checkIns: createBatchLoader(
      ({ projectId, monitorId, environment, first }) => `${projectId}.${monitorId}.${first}.${environment}`,
      (keys) => readCheckIns(pool, keys),
      keeping,
    ),
    issueIdByHash: createBatchLoader(
      ({ projectId, hash }) => `${projectId}.${hash}`,
      (keys) => findIssueIdsByHash(pool, keys),
      keeping,
    ),
    trackerOf,
  }
}

function forEachPeriod<Value>(create: (period: FrequencyPeriod) => Value): Record<FrequencyPeriod, Value> {
  return Object.fromEntries(FREQUENCY_PERIODS.map((period) => [period, create(period)])) as Record<
    FrequencyPeriod,
    Value
  >
}

/** For the subscribers of the whole process: a change is read once, however many of them it is sent to. */
export function createSharedLoaders(deps: LoaderDeps, onChanges: (listener: Publish) => () => void): Loaders {
  const loaders = createLoaders(deps, { keepMs: 1_000, entriesMax: 1_000 })
  onChanges((changes) => {
    for (const change of changes) {
      if (change.type === 'project') loaders.project.forget(change.projectId)
      else if (change.type === 'issue') forgetIssue(loaders, change)
    }
  })
  return loaders
}

function forgetIssue(loaders: Loaders, key: IssueKey): void {
  loaders.issue.forget(key)
  loaders.latestEvent.forget(key)
  loaders.tagFacets.forget(key)
  for (const period of FREQUENCY_PERIODS) loaders.frequency[period].forget(key)
}

async function readByProject<Key extends { projectId: number }, Value>(
  keys: Key[],
  read: (projectId: number, keys: Key[]) => Promise<Value[]>,
): Promise<Value[]> {
  const values = new Array<Value>(keys.length)
  const projects = Map.groupBy(keys.entries(), ([, key]) => key.projectId)
  const reads = [...projects].map(async ([projectId, entries]) => {
    const found = await read(
      projectId,
      entries.map(([, key]) => key),
    )
    for (const [position, [index]] of entries.entries()) values[index] = found[position] as Value
  })
  await Promise.all(reads)
  return values
}
