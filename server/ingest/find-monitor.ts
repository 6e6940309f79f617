// The monitor that a check-in names; made, or changed, where the check-in tells how the job is scheduled.

import { randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type { PoolClient } from 'pg'
import type { MonitorRow } from '../database/monitor-environments.ts'
import { MONITORS_MAX, type MonitorConfig } from '../domain/monitor.ts'
import type { ReceivedCheckIn } from './read-check-in.ts'

type SoughtMonitor = Pick<ReceivedCheckIn, 'projectId' | 'slug' | 'name' | 'config' | 'receivedAtMs'>

/** @param client in a transaction, in which the monitor is not deleted from now on. */
export async function findMonitor(
  client: PoolClient,
  sought: SoughtMonitor,
): Promise<MonitorRow | 'unknown_monitor' | 'too_many_monitors'> {
  const { config } = sought
  const found = await lockMonitor(client, sought)
  if (config === null) return found ?? 'unknown_monitor'
  if (found === null) {
    await addMonitor(client, sought, config)
    return (await lockMonitor(client, sought)) ?? 'too_many_monitors'
  }
  if (isDeepStrictEqual(found.config, config)) return found
  await client.query({
    name: 'ingest-monitor-config',
    text: 'UPDATE monitor SET config = $3::jsonb WHERE project_id = $1 AND id = $2',
    values: [found.projectId, found.id, JSON.stringify(config)],
  })
  return { ...found, config }
}

async function lockMonitor(client: PoolClient, { projectId, slug }: SoughtMonitor): Promise<MonitorRow | null> {
  const { rows } = await client.query<{ id: string; config: MonitorConfig; is_paused: boolean }>({
    name: 'ingest-monitor',
    text: `SELECT id, config, paused_at IS NOT NULL AS is_paused FROM monitor
           WHERE project_id = $1 AND slug = $2 FOR KEY SHARE`,
    values: [projectId, slug],
  })
  const [row] = rows
  return row === undefined ? null : { projectId, id: row.id, slug, config: row.config, isPaused: row.is_paused }
}

async function addMonitor(
  client: PoolClient,
  { projectId, slug, name, receivedAtMs }: SoughtMonitor,
  config: MonitorConfig,
): Promise<void> {
  await client.query({
    name: 'ingest-monitor-add',
    text: `INSERT INTO monitor (project_id, id, slug, name, config, created_at)
           SELECT $1::int, $2::uuid, $3::text, $4::text, $5::jsonb, to_timestamp($6::float8 / 1000)
           WHERE (SELECT count(*) FROM monitor WHERE project_id = $1) < $7
           ON CONFLICT DO NOTHING`,
    values: [projectId, randomUUID(), slug, name, JSON.stringify(config), receivedAtMs, MONITORS_MAX],
  })
}
