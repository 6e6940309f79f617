// npm run bench:ingest: how many events a second are committed before their answer, beside a server that does nothing with
// them. Both are measured in turns in one run, by the same load, so that the ratio holds on a noisy machine.
//
//   npm run bench:ingest -- [seconds per round] [rounds]

import { readFileSync } from 'node:fs'
import type pg from 'pg'
import {
  findPostgresPids,
  readMemoryMib,
  readPostgresSeconds,
  readProcessorSeconds,
  runLoad,
  startBareServer,
  type RunningServer,
} from './processes.ts'
import type { LoadResult } from './load.ts'
import { PUBLIC_KEY, runBench } from './start-bench.ts'

const CONNECTIONS = 64
const seconds = Number(process.argv[2] ?? 8)
const rounds = Number(process.argv[3] ?? 3)

function print(name: string, result: LoadResult): void {
  const rate = Math.round(result.answered / result.seconds)
  console.log(
    `${name.padEnd(28)} ${String(rate).padStart(7)} events/s   p50 ${result.p50Ms.toFixed(1)} ms   ` +
      `p99 ${result.p99Ms.toFixed(1)} ms   refused ${result.refused}`,
  )
}

function rateOf(result: LoadResult): number {
  return result.answered / result.seconds
}

function median(values: number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] as number
}

/** Private and shared pages of all PostgreSQL processes, each shared page once (proportional set size), in MiB. */
function readPostgresMib(postmaster: number): number {
  let kib = 0
  for (const pid of findPostgresPids(postmaster)) {
    try {
      kib += Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0)
    } catch {
      // The process ended while we looked.
    }
  }
  return Math.round(kib / 1024)
}

/** Processor seconds of the server and of PostgreSQL so far; a ratio of rates is noisier than what an event costs. */
function readProcessors(server: RunningServer, postmaster: number | null): { node: number; postgres: number } {
  if (postmaster === null) return { node: Number.NaN, postgres: Number.NaN }
  return { node: readProcessorSeconds(server.pid), postgres: readPostgresSeconds(postmaster) }
}

async function measureMemory(server: RunningServer, load: Promise<LoadResult>): Promise<number> {
  let peakMib = 0
  const timer = setInterval(() => (peakMib = Math.max(peakMib, readMemoryMib(server.pid))), 250)
  await load.finally(() => clearInterval(timer))
  return peakMib
}

/** The database must hold exactly what was answered 200, once, and every issue must count its events. */
async function compareWithDatabase(pool: pg.Pool, answeredIds: string[]): Promise<string[]> {
  const problems: string[] = []
  const { rows: stored } = await pool.query<{ id: string }>(`SELECT replace(id::text, '-', '') AS id FROM event`)
  const storedIds = new Set(stored.map((row) => row.id))
  if (storedIds.size !== stored.length) problems.push(`${stored.length - storedIds.size} events are stored twice`)
  const missing = answeredIds.filter((id) => !storedIds.has(id))
  if (missing.length > 0) problems.push(`${missing.length} answered events are not in the database`)
  if (stored.length !== answeredIds.length) {
    problems.push(`${stored.length} events are stored, ${answeredIds.length} were answered`)
  }
  const { rows: wrong } = await pool.query(
    `SELECT i.id FROM issue i LEFT JOIN (SELECT project_id, issue_id, count(*) AS events FROM event GROUP BY 1, 2) e
       ON e.project_id = i.project_id AND e.issue_id = i.id
     WHERE i.event_count IS DISTINCT FROM coalesce(e.events, 0)
        OR i.event_count <> (SELECT sum(count) FROM issue_hour h WHERE h.project_id = i.project_id AND h.issue_id = i.id)
        OR i.user_count <> (SELECT count(*) FROM issue_user u WHERE u.project_id = i.project_id AND u.issue_id = i.id)`,
  )
  if (wrong.length > 0) problems.push(`${wrong.length} issues count other than their events, hours or users`)
  return problems
}

await runBench(async ({ pool, faultline, postmaster }) => {
  const bare = await startBareServer()
  try {
    const load = { publicKey: PUBLIC_KEY, connections: CONNECTIONS, perSecond: null }
    const answeredIds: string[] = []
    const ratios: number[] = []
    const rates: number[] = []
    let peakMib = 0
    // Round 0 warms both up and is not counted.
    for (let round = 0; round <= rounds; round += 1) {
      const forMs = (round === 0 ? 3 : seconds) * 1_000
      const bareResult = await runLoad({ ...load, port: bare.port, forMs })
      const before = readProcessors(faultline, postmaster)
      const running = runLoad({ ...load, port: faultline.port, forMs })
      peakMib = Math.max(peakMib, await measureMemory(faultline, running))
      const result = await running
      const after = readProcessors(faultline, postmaster)
      answeredIds.push(...(result.eventIds.match(/.{32}/g) ?? []))
      if (round === 0) continue
      print(`round ${round}: do-nothing server`, bareResult)
      print(`round ${round}: faultline`, result)
      const perEvent = (seconds: number): string => `${Math.round((seconds * 1_000_000) / result.answered)} µs`
      console.log(
        `  processor an event: node ${perEvent(after.node - before.node)}, ` +
          `postgres ${perEvent(after.postgres - before.postgres)}`,
      )
      ratios.push(rateOf(result) / rateOf(bareResult))
      rates.push(rateOf(result))
    }
    const half = await runLoad({ ...load, port: faultline.port, forMs: seconds * 1_000, perSecond: median(rates) / 2 })
    answeredIds.push(...(half.eventIds.match(/.{32}/g) ?? []))
    print('at half of that load', half)
    const postgresMib = postmaster === null ? 0 : readPostgresMib(postmaster)
    const problems = await compareWithDatabase(pool, answeredIds)
    console.log(`memory: node ${peakMib} MiB at most, postgres ${postgresMib} MiB`)
    console.log(
      `${answeredIds.length} events answered; database: ${problems.length === 0 ? 'holds exactly these' : problems.join('; ')}`,
    )
    console.log(
      `ratio: ${(median(ratios) * 100).toFixed(1)} % of the do-nothing server (${ratios.map((ratio) => (ratio * 100).toFixed(1)).join(', ')})`,
    )
    if (problems.length > 0) process.exitCode = 1
  } finally {
    await bare.stop()
  }
})
