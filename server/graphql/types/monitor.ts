// Monitors of jobs that run by the clock: how they do in each environment, and what one may do to them.

import { assertCan, can } from '../../auth/can.ts'
import { hashMonitorIssue, measureLateness, type CheckInStatus } from '../../domain/monitor.ts'
import { describeSchedule } from '../../domain/monitor-schedule.ts'
import { AppError } from '../../errors.ts'
import { deleteMonitor, pauseMonitor } from '../../projects/change-monitors.ts'
import { builder } from '../builder.ts'
import type { Context } from '../context.ts'
import { formatMonitorKey, parseMonitorKey, requireKey } from '../global-id.ts'
import { findMonitor, type CheckInRecord, type MonitorEnvironmentRecord, type MonitorRecord } from '../read-monitors.ts'
import { IssueNode } from './issue.ts'
import { ProjectNode } from './project.ts'

const CHECK_INS_DEFAULT = 30
const CHECK_INS_MAX = 100

const CHECK_IN_STATUSES: readonly CheckInStatus[] = ['in_progress', 'ok', 'error', 'missed', 'timeout']

const CheckInStatusEnum = builder.enumType('CheckInStatus', {
  description: 'MISSED: it did not come in time. TIMEOUT: it did not end in time. The others are what the job says.',
  values: Object.fromEntries(CHECK_IN_STATUSES.map((status) => [status.toUpperCase(), { value: status }])) as Record<
    string,
    { value: CheckInStatus }
  >,
})

const CheckIn = builder.objectRef<CheckInRecord>('CheckIn').implement({
  description: 'One run of a job, or one that did not come.',
  fields: (t) => ({
    id: t.exposeString('id', { description: "32 hex digits: the SDK's, where a job sent it." }),
    status: t.expose('status', { type: CheckInStatusEnum }),
    startedAt: t.expose('startedAt', {
      type: 'DateTime',
      description: 'When it was received first; of a missed one, when it was expected.',
    }),
    finishedAt: t.expose('finishedAt', { type: 'DateTime', nullable: true }),
    durationMs: t.exposeFloat('durationMs', { nullable: true }),
    release: t.exposeString('release', { nullable: true }),
    expectedAt: t.expose('expectedAt', {
      type: 'DateTime',
      nullable: true,
      description:
        'The time it was meant for; null where it was not expected. A missed one began when it was expected.',
    }),
    lateMs: t.float({
      nullable: true,
      description: 'How much later it came; null up to a minute.',
      resolve: ({ startedAt, expectedAt }) => measureLateness(startedAt.getTime(), expectedAt?.getTime() ?? null),
    }),
  }),
})

const MonitorEnvironment = builder.objectRef<MonitorEnvironmentRecord>('MonitorEnvironment').implement({
  description: 'How a monitor does in one environment.',
  fields: (t) => ({
    name: t.exposeString('name'),
    status: t.expose('status', { type: CheckInStatusEnum, description: 'Of the check-in that began last.' }),
    lastCheckInAt: t.expose('lastCheckInAt', { type: 'DateTime', description: 'When the job checked in last.' }),
    nextExpectedAt: t.expose('nextExpectedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'null while nothing is expected.',
    }),
    failingSince: t.expose('failingSince', {
      type: 'DateTime',
      nullable: true,
      description: 'null unless so many failed in a row that an issue was opened, and too few went well since.',
    }),
    issue: t.field({
      type: IssueNode,
      nullable: true,
      description: 'That of its failures, open or not; null where it never failed often enough.',
      resolve: async ({ projectId, slug, name }, _args, { loaders }) => {
        const issueId = await loaders.issueIdByHash.load({ projectId, hash: hashMonitorIssue(slug, name) })
        return issueId === null ? null : loaders.issue.load({ projectId, issueId })
      },
    }),
    checkIns: t.field({
      type: [CheckIn],
      description: `The latest first. At most ${CHECK_INS_MAX}.`,
      args: { first: t.arg.int({ defaultValue: CHECK_INS_DEFAULT }) },
      complexity: ({ first }) => ({ field: 5, multiplier: first ?? CHECK_INS_DEFAULT }),
      resolve: ({ projectId, monitorId, name }, { first }, { loaders }) => {
        const count = first ?? CHECK_INS_DEFAULT
        if (count < 1 || count > CHECK_INS_MAX) {
          throw new AppError('INVALID', `"first" must be between 1 and ${CHECK_INS_MAX}.`)
        }
        return loaders.checkIns.load({ projectId, monitorId, environment: name, first: count })
      },
    }),
  }),
})

const MonitorNode = builder.node(builder.objectRef<MonitorRecord>('Monitor'), {
  id: { resolve: formatMonitorKey },
  access: { action: 'readIssues', projectId: ({ projectId }) => projectId },
  description: 'Watches a job that runs by the clock. The first check-in that tells its schedule makes it.',
  fields: (t) => ({
    slug: t.exposeString('slug', { description: 'What check-ins name it by.' }),
    name: t.exposeString('name', { description: 'The slug as it was sent first.' }),
    schedule: t.string({
      description: 'A crontab expression, or `every 2 hours`.',
      resolve: ({ config }) => describeSchedule(config.schedule),
    }),
    timezone: t.string({ description: '`Europe/Berlin`', resolve: ({ config }) => config.timezone }),
    checkInMarginMinutes: t.int({
      description: 'How late a check-in may come.',
      resolve: ({ config }) => config.checkinMarginMinutes,
    }),
    maxRuntimeMinutes: t.int({
      description: 'How long a check-in may be in progress.',
      resolve: ({ config }) => config.maxRuntimeMinutes,
    }),
    failureIssueThreshold: t.int({
      description: 'So many failures in a row open an issue.',
      resolve: ({ config }) => config.failureIssueThreshold,
    }),
    recoveryThreshold: t.int({
      description: 'So many successes in a row resolve it.',
      resolve: ({ config }) => config.recoveryThreshold,
    }),
    pausedAt: t.expose('pausedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'Since when check-ins are taken and none is expected; null: it is not paused.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    environments: t.field({
      type: [MonitorEnvironment],
      description: 'By name, 20 at most.',
      complexity: { field: 5, multiplier: 2 },
      resolve: ({ projectId, id }, _args, { loaders }) =>
        loaders.monitorEnvironments.load({ projectId, monitorId: id }),
    }),
  }),
})

builder.prismaObjectFields(ProjectNode, (t) => ({
  monitors: t.field({
    type: [MonitorNode],
    access: 'readIssues',
    description: 'By slug, 500 at most, with 1,000 environments in all.',
    complexity: { field: 20, multiplier: 50 },
    resolve: ({ id }, _args, { loaders }) => loaders.monitors.load(id),
  }),
}))

const MonitorInput = builder.inputType('MonitorInput', { fields: (t) => ({ monitor: t.id({ required: true }) }) })
const DeleteMonitorInput = builder.inputType('DeleteMonitorInput', {
  fields: (t) => ({
    monitor: t.id({ required: true }),
    environment: t.string({ description: 'Only what there is of this one; without it, the monitor as a whole.' }),
  }),
})

const MonitorPayload = builder.objectRef<{ monitor: MonitorRecord }>('MonitorPayload').implement({
  fields: (t) => ({ monitor: t.expose('monitor', { type: MonitorNode }) }),
})
const DeleteMonitorPayload = builder.objectRef<{ projectId: number }>('DeleteMonitorPayload').implement({
  fields: (t) => ({
    project: t.field({
      type: ProjectNode,
      nullable: true,
      resolve: ({ projectId }, _args, { loaders }) => loaders.project.load(projectId),
    }),
  }),
})

builder.mutationFields((t) => ({
  pauseMonitor: t.field({
    type: MonitorPayload,
    access: 'manageProject',
    description: 'Check-ins are taken from now on, and none is expected.',
    args: { input: t.arg({ type: MonitorInput, required: true }) },
    resolve: (_root, { input }, context) => setPaused(context, input.monitor, true),
  }),
  resumeMonitor: t.field({
    type: MonitorPayload,
    access: 'manageProject',
    description: 'Check-ins are expected again, the next time that the job is due.',
    args: { input: t.arg({ type: MonitorInput, required: true }) },
    resolve: (_root, { input }, context) => setPaused(context, input.monitor, false),
  }),
  deleteMonitor: t.field({
    type: DeleteMonitorPayload,
    access: 'manageProject',
    description: 'With its check-ins; its issues stay. A check-in that tells a schedule makes it anew.',
    args: { input: t.arg({ type: DeleteMonitorInput, required: true }) },
    resolve: async (_root, { input }, context) => {
      const monitor = await requireManagedMonitor(context, input.monitor)
      await deleteMonitor(context, monitor, input.environment ?? null)
      return { projectId: monitor.projectId }
    },
  }),
}))

async function setPaused(context: Context, globalId: string, isPaused: boolean): Promise<{ monitor: MonitorRecord }> {
  const monitor = await requireManagedMonitor(context, globalId)
  await pauseMonitor(context, monitor, isPaused)
  return { monitor: await requireManagedMonitor(context, globalId) }
}

async function requireManagedMonitor({ viewer, database }: Context, globalId: string): Promise<MonitorRecord> {
  const key = parseMonitorKey(requireKey(globalId, 'Monitor'))
  // In the same words, so that they do not tell that another project has it.
  const isVisible = key !== null && can(viewer, 'findProject', key)
  const monitor = isVisible ? await findMonitor(database.pool, key) : null
  if (monitor === null) throw new AppError('NOT_FOUND', 'There is no such monitor.')
  assertCan(viewer, 'manageProject', monitor)
  return monitor
}
