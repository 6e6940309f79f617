// npm run bench:sessions: what a session costs beside an event, in the same run. The cost is the processor's time of the
// server, with all its threads, and of PostgreSQL, divided by what was answered 200, which is what is committed; rates on a
// shared machine say less. An update is what an SDK sends: each session has two, its start and its end.
//
// Events, sessions, and sessions of new people each have a server and a database of their own, loaded in turns: what
// PostgreSQL does later for those of one round (vacuum, checkpoints) is not the cost of others in the next.
//
//   npm run bench:sessions -- [seconds per round] [rounds]

import type { LoadOptions } from './load.ts'
import { readPostgresSeconds, readProcessorSeconds, runLoad } from './processes.ts'
import { PUBLIC_KEY, runBench, type Bench } from './start-bench.ts'

const seconds = Number(process.argv[2] ?? 6)
const rounds = Number(process.argv[3] ?? 3)

/** How requests come. */
const LOADS = {
  'from 64 connections': { connections: 64, perSecond: null },
  // Browsers have one each.
  'from 512 connections': { connections: 512, perSecond: null },
  // What is far from busy has few to write together, of events as of sessions.
  '200 a second': { connections: 64, perSecond: 200 },
} satisfies Record<string, Pick<LoadOptions, 'connections' | 'perSecond'>>

type Load = keyof typeof LOADS

interface Kind {
  name: string
  load: Load
  /** Sessions in each envelope; null: it holds an event. */
  sessions: number | null
  isOfNewPeople?: boolean
}

const KINDS: Kind[] = (Object.keys(LOADS) as Load[]).flatMap((load) => [
  { name: `an event, ${load}`, load, sessions: null },
  // The request itself, which no session that comes alone can cost less than.
  { name: '  an empty envelope', load, sessions: 0 },
  { name: '  a session alone in its request', load, sessions: 1 },
  ...(load === 'from 64 connections'
    ? [
        { name: '  one of 20 in an envelope', load, sessions: 20 },
        { name: '  one of 100 in an envelope', load, sessions: 100 },
        { name: '  one of 20, each of new people', load, sessions: 20, isOfNewPeople: true },
      ]
    : []),
])

interface Cost {
  perSecond: number
  nodeUs: number
  postgresUs: number
}

function median(values: number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] as number
}

async function measure({ faultline, postmaster }: Bench, { load, sessions, isOfNewPeople }: Kind, forMs: number) {
  const read = () => ({
    node: readProcessorSeconds(faultline.pid),
    postgres: postmaster === null ? Number.NaN : readPostgresSeconds(postmaster),
  })
  const options: LoadOptions = { port: faultline.port, publicKey: PUBLIC_KEY, forMs, ...LOADS[load] }
  const before = read()
  const result = await runLoad(
    sessions === null ? options : { ...options, sessionsPerEnvelope: sessions, isOfNewPeople: isOfNewPeople === true },
  )
  const after = read()
  if (result.refused > 0) console.log(`  ${result.refused} requests were refused`)
  const answered = result.answered * Math.max(sessions ?? 1, 1)
  return {
    answered,
    perSecond: answered / result.seconds,
    nodeUs: ((after.node - before.node) * 1e6) / answered,
    postgresUs: ((after.postgres - before.postgres) * 1e6) / answered,
  }
}

function report(medians: readonly Cost[]): void {
  const costOf = (kind: Kind): number => {
    const { nodeUs, postgresUs } = medians[KINDS.indexOf(kind)] as Cost
    return nodeUs + postgresUs
  }
  const find = (load: Load, sessions: number | null): Kind =>
    KINDS.find((kind) => kind.load === load && kind.sessions === sessions) as Kind
  console.log('The processor’s time of Node and PostgreSQL: of an event, and of each update of a session.')
  console.log('Without its request: less what an empty envelope takes under the same load, for each envelope one.\n')
  console.log(`${''.padEnd(34)}     rate      node   postgres   of an event   without its request`)
  for (const [index, kind] of KINDS.entries()) {
    const { perSecond, nodeUs, postgresUs } = medians[index] as Cost
    const eventUs = costOf(find(kind.load, null))
    const toShare = (us: number): string => `${((us / eventUs) * 100).toFixed(1)} %`.padStart(7)
    const own = kind.sessions ? costOf(kind) - costOf(find(kind.load, 0)) / kind.sessions : null
    console.log(
      `${kind.name.padEnd(34)} ${String(Math.round(perSecond)).padStart(6)}/s ${nodeUs.toFixed(1).padStart(6)} µs  ` +
        `${postgresUs.toFixed(1).padStart(6)} µs       ${toShare(costOf(kind))}` +
        (own === null ? '' : `               ${toShare(own)}`),
    )
  }
}

async function countSessions({ pool }: Bench): Promise<number> {
  const { rows } = await pool.query<{ updates: number }>(
    'SELECT sum(sessions + timed)::int AS updates FROM release_hour',
  )
  return rows[0]?.updates ?? 0
}

async function compare(events: Bench, sessions: Bench, sessionsOfNewPeople: Bench): Promise<void> {
  const costs: Cost[][] = KINDS.map(() => [])
  let updates = 0
  // Round 0 warms everything up and is not counted.
  for (let round = 0; round <= rounds; round += 1) {
    for (const [index, kind] of KINDS.entries()) {
      const bench = kind.sessions === null ? events : kind.isOfNewPeople ? sessionsOfNewPeople : sessions
      const { answered, ...cost } = await measure(bench, kind, (round === 0 ? 2 : seconds) * 1_000)
      if (kind.sessions) updates += answered
      if (round > 0) costs[index]?.push(cost)
    }
  }
  report(
    costs.map((list) => ({
      perSecond: median(list.map(({ perSecond }) => perSecond)),
      nodeUs: median(list.map(({ nodeUs }) => nodeUs)),
      postgresUs: median(list.map(({ postgresUs }) => postgresUs)),
    })),
  )
  const counted = (await countSessions(sessions)) + (await countSessions(sessionsOfNewPeople))
  console.log(`\n${updates} updates were answered, ${counted} are counted`)
  if (counted !== updates) process.exitCode = 1
}

await runBench((events) =>
  runBench((sessions) => runBench((sessionsOfNewPeople) => compare(events, sessions, sessionsOfNewPeople))),
)
