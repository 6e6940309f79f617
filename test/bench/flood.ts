// npm run bench:flood: repeats at ten times the soft limit, with new issues hidden in them. Every one of these must be found,
// every count be exact to the unit, and the disk grow with what is stored instead of with what was sent.
//
//   npm run bench:flood -- [repeats, 2000000] [hidden issues, 50] [times over the limit, 10]
//
// The limit follows from how fast the warm-up was; on a machine that has other work as well, ask for more times.

import { setTimeout as wait } from 'node:timers/promises'
import type pg from 'pg'
import { KNOWN_ISSUES, type FloodOptions, type FloodResult } from './flood-load.ts'
import { forkForResult, readMemoryMib } from './processes.ts'
import { PUBLIC_KEY, runBench } from './start-bench.ts'

const WARM_UP_EVENTS = 20_000
/** Tags and outcomes are added up within a second. */
const ROLLED_UP_AFTER_MS = 3_000
const repeats = Number(process.argv[2] ?? 2_000_000)
const hidden = Number(process.argv[3] ?? 50)
const timesOverLimit = Number(process.argv[4] ?? 10)

type Flood = (options: Pick<FloodOptions, 'repeats' | 'hidden' | 'firstHidden'>) => Promise<FloodResult>

interface Accounts {
  answered: number
  /** By the number in the type's name. */
  issues: Map<number, { answered: number; users: Set<number> }>
}

function addUp(results: readonly FloodResult[]): Accounts {
  const accounts: Accounts = { answered: 0, issues: new Map() }
  for (const { number, answered, users } of results.flatMap(({ issues }) => issues)) {
    const of = accounts.issues.get(number) ?? { answered: 0, users: new Set<number>() }
    accounts.issues.set(number, of)
    of.answered += answered
    for (const user of users) of.users.add(user)
    accounts.answered += answered
  }
  return accounts
}

interface IssueRow {
  number: number
  events: number
  users: number
  hours: number
  people: number
  levels: number
}

async function compareIssues(pool: pg.Pool, { issues }: Accounts): Promise<string[]> {
  const { rows } = await pool.query<IssueRow>(
    `SELECT substring(type from 'Number(\\d+)$')::int AS number, event_count::int AS events, user_count::int AS users,
       (SELECT sum(count)::int FROM issue_hour h WHERE h.project_id = i.project_id AND h.issue_id = i.id) AS hours,
       (SELECT count(*)::int FROM issue_user u WHERE u.project_id = i.project_id AND u.issue_id = i.id) AS people,
       (SELECT sum(count)::int FROM issue_tag t WHERE t.project_id = i.project_id AND t.issue_id = i.id AND key = 'level') AS levels
     FROM issue i`,
  )
  const problems: string[] = []
  const found = new Map(rows.map((row) => [row.number, row]))
  for (const [number, { answered, users }] of issues) {
    const row = found.get(number)
    const what = number < KNOWN_ISSUES ? `issue ${number}` : `hidden issue ${number}`
    if (row === undefined) problems.push(`${what} is missing`)
    else if (row.events !== answered || row.hours !== answered || row.levels !== answered) {
      problems.push(
        `${what} counts ${row.events}, by hours ${row.hours}, by tags ${row.levels}: ${answered} were answered`,
      )
    } else if (row.users !== users.size || row.people !== users.size) {
      problems.push(`${what} counts ${row.users} people, has ${row.people}: ${users.size} were sent`)
    }
  }
  if (rows.length !== issues.size) problems.push(`there are ${rows.length} issues, ${issues.size} were sent`)
  return problems
}

async function countStored(pool: pg.Pool): Promise<{ stored: number; sampled: number; megabytes: number }> {
  const { rows } = await pool.query<{ stored: number; sampled: number; megabytes: number }>(
    `SELECT (SELECT count(*)::int FROM event) AS stored,
       (SELECT coalesce(sum(quantity), 0)::int FROM outcome WHERE outcome = 'sampled') AS sampled,
       (SELECT sum(pg_total_relation_size(inhrelid)) / 1e6 FROM pg_inherits
        WHERE inhparent IN ('event'::regclass, 'event_block'::regclass))::float8 AS megabytes`,
  )
  return rows[0] as { stored: number; sampled: number; megabytes: number }
}

async function flood(pool: pg.Pool, send: Flood, pid: number): Promise<string[]> {
  const warmUp = await send({ repeats: WARM_UP_EVENTS, hidden: 0, firstHidden: KNOWN_ISSUES })
  const rate = WARM_UP_EVENTS / warmUp.seconds
  const limit = Math.max(1, Math.round((rate * 60) / timesOverLimit))
  await pool.query(`UPDATE project SET settings = jsonb_build_object('eventsPerMinute', $1::int)`, [limit])
  // Keys, with what their project says, are known for a second.
  await wait(2_000)
  const before = await countStored(pool)
  const result = await send({ repeats, hidden, firstHidden: KNOWN_ISSUES })
  await wait(ROLLED_UP_AFTER_MS)
  const after = await countStored(pool)
  const accounts = addUp([warmUp, result])
  const problems: string[] = []
  if (result.refused + warmUp.refused > 0) {
    problems.push(`${result.refused + warmUp.refused} were refused`, ...result.refusals, ...warmUp.refusals)
  }
  problems.push(...(await compareIssues(pool, accounts)))
  const found = [...accounts.issues.keys()].filter((number) => number >= KNOWN_ISSUES).length
  if (found !== hidden) problems.push(`${found} of ${hidden} hidden issues were answered`)
  if (after.stored + after.sampled !== accounts.answered) {
    problems.push(`${after.stored} stored and ${after.sampled} sampled: ${accounts.answered} were answered`)
  }
  const perSecond = Math.round((repeats + hidden) / result.seconds)
  const megabytes = after.megabytes - before.megabytes
  console.log(
    `limit: ${limit} a minute; sent: ${perSecond} a second, ${((perSecond * 60) / limit).toFixed(1)} times the limit`,
  )
  console.log(
    `answered ${repeats + hidden} in ${Math.round(result.seconds)} s; stored ${after.stored - before.stored}, sampled ${after.sampled}`,
  )
  console.log(
    `disk of events: ${megabytes.toFixed(1)} MB, ${Math.round((megabytes * 1e6) / (after.stored - before.stored))} bytes for each that ` +
      `is stored, ${Math.round((megabytes * 1e6) / (repeats + hidden))} for each that was sent`,
  )
  console.log(`memory: node ${readMemoryMib(pid)} MiB`)
  return problems
}

await runBench(async ({ pool, faultline }) => {
  const send: Flood = (options) =>
    forkForResult('flood-load.ts', { ...options, port: faultline.port, publicKey: PUBLIC_KEY })
  const problems = await flood(pool, send, faultline.pid)
  console.log(
    problems.length === 0 ? `all ${hidden} hidden issues found, every count exact` : problems.slice(0, 20).join('\n'),
  )
  if (problems.length > 0) {
    console.log(faultline.output())
    process.exitCode = 1
  }
})
