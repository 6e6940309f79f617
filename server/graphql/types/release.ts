// Releases of a project and how they do: sessions, people, and the rates that are made of them.

import {
  computeCrashFree,
  computeShare,
  countErrored,
  countHealthy,
  type Release,
  type ReleaseSummary,
  type SessionPoint,
  type SessionSummary,
} from '../../domain/release-health.ts'
import { builder } from '../builder.ts'
import type { Context } from '../context.ts'
import { encodeGlobalId } from '../global-id.ts'
import { costOfPage, pageArguments, readPageRequest, toConnection } from '../pages.ts'
import { readReleases } from '../read-releases.ts'
import { FrequencyPeriodEnum } from './issue.ts'
import { ProjectNode } from './project.ts'

const SEARCH_CHARS_MAX = 200

const SessionPointType = builder.objectRef<SessionPoint>('SessionPoint').implement({
  description: 'Sessions that started in one hour or UTC day, by how they ended.',
  fields: (t) => ({
    at: t.expose('at', { type: 'DateTime' }),
    sessions: t.expose('sessions', { type: 'BigInt' }),
    healthy: t.field({ type: 'BigInt', resolve: countHealthy }),
    errored: t.field({ type: 'BigInt', resolve: countErrored }),
    crashed: t.expose('crashed', { type: 'BigInt' }),
    abnormal: t.expose('abnormal', { type: 'BigInt' }),
    unhandled: t.expose('unhandled', { type: 'BigInt' }),
  }),
})

const POINTS = '24 hours or 30 days, the current one last.'

const SessionHealth = builder.objectRef<SessionSummary>('SessionHealth').implement({
  description: 'Sessions of all releases in a period, by how they ended.',
  fields: (t) => ({
    sessions: t.expose('sessions', { type: 'BigInt' }),
    healthy: t.field({ type: 'BigInt', resolve: countHealthy }),
    errored: t.field({ type: 'BigInt', resolve: countErrored }),
    crashed: t.expose('crashed', { type: 'BigInt' }),
    abnormal: t.expose('abnormal', { type: 'BigInt' }),
    unhandled: t.expose('unhandled', { type: 'BigInt' }),
    crashFreeSessions: t.float({
      nullable: true,
      description: 'From 0 to 1; null without sessions.',
      resolve: ({ crashed, sessions }) => computeCrashFree(crashed, sessions),
    }),
    points: t.expose('points', {
      type: [SessionPointType],
      description: POINTS,
      complexity: { field: 1, multiplier: 5 },
    }),
  }),
})

/** A resolver of what is read with all other counts of the release, and of its neighbours in the list. */
function fromSummary<Value>(read: (summary: ReleaseSummary) => Value) {
  return async (release: Release, _args: object, { loaders }: Context): Promise<Value> =>
    read(await loaders.releases[release.period].load(release))
}

const ReleaseType = builder.objectRef<Release>('Release').implement({
  description: 'A release in an environment, and how it does in the period that its list was asked for.',
  fields: (t) => ({
    id: t.id({
      description: 'Tells it from the others of its project.',
      resolve: ({ projectId, id }) => encodeGlobalId('Release', `${projectId}.${id}`),
    }),
    version: t.exposeString('version', {
      description: 'Empty: all that came after the first 200 new names of an hour, together.',
    }),
    environment: t.exposeString('environment', { nullable: true }),
    firstSeenAt: t.expose('firstSeenAt', { type: 'DateTime', description: 'Of a session or event.' }),
    lastSeenAt: t.expose('lastSeenAt', { type: 'DateTime', description: 'A minute late at most.' }),
    sessions: t.field({
      type: 'BigInt',
      description: 'Those that started in the period.',
      resolve: fromSummary(({ sessions }) => sessions),
    }),
    healthy: t.field({
      type: 'BigInt',
      description: 'Sessions without an error.',
      resolve: fromSummary(countHealthy),
    }),
    errored: t.field({
      type: 'BigInt',
      description: 'Sessions with errors that ended well, or go on.',
      resolve: fromSummary(countErrored),
    }),
    crashed: t.field({
      type: 'BigInt',
      resolve: fromSummary(({ crashed }) => crashed),
    }),
    abnormal: t.field({
      type: 'BigInt',
      description: 'Sessions that never ended, or whose app did not respond.',
      resolve: fromSummary(({ abnormal }) => abnormal),
    }),
    unhandled: t.field({
      type: 'BigInt',
      description: 'Sessions that ended with an error that nothing handled, in programs that go on after one.',
      resolve: fromSummary(({ unhandled }) => unhandled),
    }),
    users: t.field({
      type: 'BigInt',
      description: 'Distinct people with a session in the period.',
      resolve: fromSummary(({ users }) => users),
    }),
    crashedUsers: t.field({
      type: 'BigInt',
      description: 'Those of whom a session crashed.',
      resolve: fromSummary(({ crashedUsers }) => crashedUsers),
    }),
    erroredUsers: t.field({
      type: 'BigInt',
      description: 'Those with an error or a bad end of any kind.',
      resolve: fromSummary(({ erroredUsers }) => erroredUsers),
    }),
    abnormalUsers: t.field({
      type: 'BigInt',
      resolve: fromSummary(({ abnormalUsers }) => abnormalUsers),
    }),
    crashFreeSessions: t.float({
      nullable: true,
      description: '1 - crashed / sessions; null without sessions.',
      resolve: fromSummary(({ crashed, sessions }) => computeCrashFree(crashed, sessions)),
    }),
    crashFreeUsers: t.float({
      nullable: true,
      description: '1 - crashedUsers / users; null without users.',
      resolve: fromSummary(({ crashedUsers, users }) => computeCrashFree(crashedUsers, users)),
    }),
    anrRate: t.float({
      nullable: true,
      description: 'The share of users for whom the app did not respond; null without users.',
      resolve: fromSummary(({ anrUsers, users }) => computeShare(anrUsers, users)),
    }),
    averageDurationMs: t.float({
      nullable: true,
      description: 'Of sessions that exited; null without one.',
      resolve: fromSummary(({ timed, durationMs }) => (timed > 0n ? Number(durationMs) / Number(timed) : null)),
    }),
    adoption: t.float({
      nullable: true,
      description: 'Its share of all sessions of its environment in the last 24 hours; null without any.',
      complexity: 2,
      resolve: async (release, _args, { loaders }) => {
        const { projectId, environment } = release
        const [own, all] = await Promise.all([
          loaders.releases.LAST_24_HOURS.load(release),
          loaders.environments.LAST_24_HOURS.load({ projectId, environment: environment ?? '' }),
        ])
        return computeShare(own.sessions, all.sessions)
      },
    }),
    newIssueCount: t.int({
      description: 'Issues that were first seen in this release, in any environment.',
      resolve: ({ projectId, version }, _args, { loaders }) =>
        version === '' ? 0 : loaders.newIssues.load({ projectId, version }),
    }),
    points: t.field({
      type: [SessionPointType],
      description: POINTS,
      complexity: { field: 1, multiplier: 5 },
      resolve: fromSummary(({ points }) => points),
    }),
  }),
})

const ReleaseConnection = builder.connectionObject({ type: ReleaseType, name: 'ReleaseConnection' })

const period = { type: FrequencyPeriodEnum, defaultValue: 'LAST_30_DAYS' as const }
const ENVIRONMENT = 'One environment alone; empty for what has none.'

builder.prismaObjectFields(ProjectNode, (t) => ({
  releases: t.field({
    type: ReleaseConnection,
    access: 'readProject',
    description: 'Each release in each environment, the newest first; those that only events tell of, too.',
    args: {
      ...pageArguments,
      environment: t.arg.string({ description: ENVIRONMENT }),
      search: t.arg.string({ description: 'A part of the version.' }),
      period: t.arg({ ...period, description: 'What the counts are about.' }),
    },
    // Not batched: one statement for each project.
    complexity: (args) => ({ ...costOfPage(args), field: 20 }),
    resolve: async ({ id }, { environment, search, period, ...page }, { database }) => {
      const request = readPageRequest(page)
      const filter = {
        projectId: id,
        environment: environment ?? null,
        search: search?.slice(0, SEARCH_CHARS_MAX).replaceAll('\0', '') ?? null,
        period: period ?? 'LAST_30_DAYS',
      }
      return toConnection(await readReleases(database.pool, filter, request), request)
    },
  }),
  sessionHealth: t.field({
    type: SessionHealth,
    access: 'readProject',
    description: 'Sessions of all releases.',
    args: { environment: t.arg.string({ description: ENVIRONMENT }), period: t.arg(period) },
    complexity: 20,
    resolve: ({ id }, { environment, period }, { loaders }) =>
      loaders.environments[period ?? 'LAST_30_DAYS'].load({ projectId: id, environment: environment ?? null }),
  }),
  environments: t.field({
    type: ['String'],
    access: 'readProject',
    nullable: { items: true, list: false },
    description: 'Those that releases were seen in, a hundred at most; null: releases without one.',
    complexity: 5,
    resolve: ({ id }, _args, { loaders }) => loaders.environmentNames.load(id),
  }),
}))
