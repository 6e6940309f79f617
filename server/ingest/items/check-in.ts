// `check_in`: a job that runs by the clock begins, or ends. Nobody is ever told to wait for one: a shell script would take
// that for a failure of the job. What is too much is counted and left out.

import type { Pool } from 'pg'
import { ENVIRONMENTS_MAX, MONITORS_MAX } from '../../domain/monitor.ts'
import { createBatcher } from '../batcher.ts'
import { isOutage } from '../is-outage.ts'
import type { ItemFate, ItemHandler } from '../item-handler.ts'
import { createMinuteLimit } from '../minute-limit.ts'
import { persistCheckIns, type PersistedCheckIn } from '../persist-check-ins.ts'
import { readCheckIn, type ReceivedCheckIn } from '../read-check-in.ts'

export interface CheckInDependencies {
  pool: Pool
  /** Told when an issue has to learn of a check-in. */
  onAlert(): void
  log: { error(details: object, message: string): void }
}

const PAYLOAD_BYTES_MAX = 100 * 1024
/** Of an environment of a monitor: a job that begins and ends every six seconds. */
const PER_ENVIRONMENT_MINUTE_MAX = 20
/** Every monitor that a project may have, three times. */
const PER_PROJECT_MINUTE_MAX = 3_000
const ROW_BYTES = 1_000

export function createCheckInHandler({ pool, onAlert, log }: CheckInDependencies): ItemHandler {
  const ofProject = createMinuteLimit(PER_PROJECT_MINUTE_MAX)
  const ofEnvironment = createMinuteLimit<string>(PER_ENVIRONMENT_MINUTE_MAX)
  const batcher = createBatcher<ReceivedCheckIn, PersistedCheckIn | 'refused'>({
    write: (checkIns) => persistCheckIns(pool, checkIns),
    sizeOf: () => ROW_BYTES,
    refuse({ projectId, slug }, error) {
      log.error({ err: error, projectId, slug }, 'a check-in could not be written')
      return 'refused'
    },
    isOutage,
    writers: 1,
    batchItemsMax: 100,
    batchBytesMax: 100 * ROW_BYTES,
    queueItemsMax: 10_000,
    queueBytesMax: 10_000 * ROW_BYTES,
  })

  return {
    types: ['check_in'],
    category: 'monitor',
    payloadBytesMax: PAYLOAD_BYTES_MAX,
    async accept({ payload }, context) {
      const { projectId, receivedAtMs } = context
      // Before it is read, which costs more than to count it.
      if (!ofProject.take(projectId, receivedAtMs)) return overLimit(`a project has ${PER_PROJECT_MINUTE_MAX}`)
      const checkIn = readCheckIn(payload, context)
      const { slug, environment } = checkIn
      if (!ofEnvironment.take(`${projectId}:${slug}:${environment}`, receivedAtMs)) {
        return overLimit(`the monitor "${slug}" has ${PER_ENVIRONMENT_MINUTE_MAX} in "${environment}"`)
      }
      const adding = batcher.add(checkIn)
      if (adding === null) return { outcome: 'dropped', reason: 'queue_full' }
      const result = await adding
      if (result === 'refused') return { outcome: 'dropped', reason: 'invalid' }
      if (result.hasAlert) onAlert()
      return describeFate(result.fate, checkIn)
    },
    stop: () => batcher.drain(),
  }
}

function overLimit(what: string): ItemFate {
  const message = `Too many check-ins in a minute: ${what} at most. What is more is not kept.`
  return { outcome: 'dropped', reason: 'rate_limited', note: { code: 'monitor_limit', message } }
}

function describeFate(fate: PersistedCheckIn['fate'], { slug, environment, configProblem }: ReceivedCheckIn): ItemFate {
  switch (fate) {
    case 'stored':
      if (configProblem === null) return { outcome: 'accepted' }
      return {
        outcome: 'accepted',
        note: {
          code: 'invalid_monitor',
          message: `The monitor "${slug}" keeps its configuration, as the one sent cannot be used: ${configProblem}`,
        },
      }
    case 'duplicate':
      return { outcome: 'dropped', reason: 'duplicate' }
    case 'unknown_monitor':
      if (configProblem !== null) {
        return invalid('invalid_monitor', `The monitor "${slug}" cannot be made: ${configProblem}`)
      }
      return invalid(
        'unknown_monitor',
        `There is no monitor "${slug}": send "monitor_config" with its schedule along with a check-in, which makes it.`,
      )
    case 'too_many_monitors':
      return invalid(
        'monitor_limit',
        `The monitor "${slug}" is one too many: a project has ${MONITORS_MAX} at most. Delete one on the page Monitors.`,
      )
    case 'too_many_environments':
      return invalid(
        'monitor_limit',
        `The environment "${environment}" of the monitor "${slug}" is one too many: a monitor has ${ENVIRONMENTS_MAX} at most. Delete one on the page Monitors.`,
      )
    case 'other_monitor':
      return invalid(
        'invalid_monitor',
        `The check-in of the monitor "${slug}" in "${environment}" has the id of one of another monitor or environment: each run of a job needs an id of its own.`,
      )
  }
}

function invalid(code: NonNullable<ItemFate['note']>['code'], message: string): ItemFate {
  return { outcome: 'dropped', reason: 'invalid', note: { code, message } }
}
