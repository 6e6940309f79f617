// From a failure of a monitor to an event as an SDK would send it: from there on it is stored, grouped and told like any
// other. It names its hash, so that all failures of a monitor in one environment are one issue.

import { hash } from 'node:crypto'
import type { JsonObject } from '../domain/event.ts'
import { hashMonitorIssue, type MonitorFailure } from '../domain/monitor.ts'
import { describeSchedule } from '../domain/monitor-schedule.ts'

/** @returns the event's id, the same each time, and its JSON. */
export function makeMonitorEvent(failure: MonitorFailure): { eventId: string; payload: Buffer } {
  const { projectId, slug, name, environment, config, checkIn } = failure
  const { id, status, startedAtMs, durationMs, release, traceId } = checkIn
  const event: JsonObject = {
    platform: 'other',
    logger: 'monitor',
    level: 'error',
    logentry: { formatted: describeFailure(failure) },
    transaction: slug,
    environment,
    checksum: hashMonitorIssue(slug, environment),
    tags: { 'monitor.slug': slug, 'monitor.status': status },
    contexts: {
      monitor: {
        ...{ slug, name, environment, status },
        schedule: describeSchedule(config.schedule),
        timezone: config.timezone,
        check_in_id: id,
        [status === 'missed' ? 'expected_at' : 'started_at']: new Date(startedAtMs).toISOString(),
        ...(durationMs !== null && { duration_seconds: durationMs / 1000 }),
      },
      ...(traceId !== null && { trace: { trace_id: traceId } }),
    },
    ...(release !== null && { release }),
  }
  return { eventId: hash('md5', `${projectId}\0${id}\0${status}`), payload: Buffer.from(JSON.stringify(event)) }
}

function describeFailure({ slug, config, checkIn: { status } }: MonitorFailure): string {
  switch (status) {
    case 'missed':
      return `Monitor "${slug}" missed a check-in`
    case 'timeout':
      return `Monitor "${slug}" ran for more than ${config.maxRuntimeMinutes} min`
    case 'error':
      return `Monitor "${slug}" reported an error`
  }
}
