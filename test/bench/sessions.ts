// npm run bench:sessions: what a session costs beside an event, in the same run and on the same database. The cost is the
// processor's time of the server, with all its threads, and of PostgreSQL, divided by what was answered 200, which is what is
// committed; rates on a shared machine say less. An update is what an SDK sends: each session has two, its start and its end.
//
//   npm run bench:sessions -- [seconds per round] [rounds]

import type { LoadOptions } from './load.ts'
import { readPostgresSeconds, readProcessorSeconds, runLoad } from './processes.ts'
import { PUBLIC_KEY, runBench } from './start-bench.ts'

const CONNECTIONS = 64
/** Browsers have one each. */
const BROWSERS = 512
/** What is far from busy has few to write together, of events as of sessions. */
const FEW_PER_SECOND = 200
const seconds = Number(process.argv[2] ?? 6)
const rounds = Number(process.argv[3] ?? 3)

interface Kind {
  name: string
  sessionsPerEnvelope?: number
  isOfNewPeople?: boolean
  connections?: number
  /** Without it, as many as are answered. */
  perSecond?: number
}

const EMPTY = 'an empty envelope'
const KINDS: Kind[] = [
  { name: 'an event' },
  // What no session alone in its request can cost less than.
  { name: EMPTY, sessionsPerEnvelope: 0 },
  { name: 'a session alone in its request', sessionsPerEnvelope: 1 },
  { name: 'the same from 512 browsers', sessionsPerEnvelope: 1, connections: BROWSERS },
  { name: 'one of 20 in an envelope', sessionsPerEnvelope: 20 },
  { name: 'one of 100 in an envelope', sessionsPerEnvelope: 100 },
  { name: 'one of 20, each of new people', sessionsPerEnvelope: 20, isOfNewPeople: true },
  { name: 'an event, 200 a second', perSecond: FEW_PER_SECOND },
  { name: 'a session alone, 200 a second', sessionsPerEnvelope: 1, perSecond: FEW_PER_SECOND },
]

interface Cost {
  perSecond: number
  nodeUs: number
  postgresUs: number
}

function median(values: number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] as number
}

await runBench(async ({ pool, faultline, postmaster }) => {
  async function measure(
    { sessionsPerEnvelope, isOfNewPeople = false, connections = CONNECTIONS, perSecond = 0 }: Kind,
    forMs: number,
  ): Promise<Cost & { answered: number }> {
    const read = () => ({
      node: readProcessorSeconds(faultline.pid),
      postgres: postmaster === null ? Number.NaN : readPostgresSeconds(postmaster),
    })
    const options: LoadOptions = {
      port: faultline.port,
      publicKey: PUBLIC_KEY,
      connections,
      forMs,
      perSecond: perSecond === 0 ? null : perSecond,
    }
    const before = read()
    const result = await runLoad(
      sessionsPerEnvelope === undefined ? options : { ...options, sessionsPerEnvelope, isOfNewPeople },
    )
    const after = read()
    if (result.refused > 0) console.log(`  ${result.refused} requests were refused`)
    const answered = result.answered * Math.max(sessionsPerEnvelope ?? 1, 1)
    return {
      answered,
      perSecond: answered / result.seconds,
      nodeUs: ((after.node - before.node) * 1e6) / answered,
      postgresUs: ((after.postgres - before.postgres) * 1e6) / answered,
    }
  }

  const costs = new Map<string, Cost[]>(KINDS.map(({ name }) => [name, []]))
  let sessions = 0
  // Round 0 warms everything up and is not counted.
  for (let round = 0; round <= rounds; round += 1) {
    for (const kind of KINDS) {
      const { answered, ...cost } = await measure(kind, (round === 0 ? 2 : seconds) * 1_000)
      if (kind.sessionsPerEnvelope) sessions += answered
      if (round > 0) costs.get(kind.name)?.push(cost)
    }
  }
  const medians = [...costs].map(([name, list]) => ({
    name,
    perSecond: median(list.map(({ perSecond }) => perSecond)),
    nodeUs: median(list.map(({ nodeUs }) => nodeUs)),
    postgresUs: median(list.map(({ postgresUs }) => postgresUs)),
  }))
  const costOf = ({ nodeUs, postgresUs }: Cost): number => nodeUs + postgresUs
  const requestUs = costOf(medians.find(({ name }) => name === EMPTY) as Cost)
  console.log('The processor’s time of Node and PostgreSQL: of an event, and of each update of a session.')
  console.log('Without its request: less what an empty envelope takes, for each envelope one.\n')
  console.log(`${''.padEnd(30)}     rate      node   postgres   of an event   without its request`)
  let eventUs = Number.NaN
  for (const [index, cost] of medians.entries()) {
    const { sessionsPerEnvelope, perSecond } = KINDS[index] as Kind
    // What comes after an event is compared with it.
    if (sessionsPerEnvelope === undefined) eventUs = costOf(cost)
    const toShare = (us: number): string => `${((us / eventUs) * 100).toFixed(1)} %`.padStart(7)
    const own = sessionsPerEnvelope && perSecond === undefined ? costOf(cost) - requestUs / sessionsPerEnvelope : null
    console.log(
      `${cost.name.padEnd(30)} ${String(Math.round(cost.perSecond)).padStart(6)}/s ${cost.nodeUs.toFixed(1).padStart(6)} µs  ` +
        `${cost.postgresUs.toFixed(1).padStart(6)} µs       ${toShare(costOf(cost))}` +
        (own === null ? '' : `               ${toShare(own)}`),
    )
  }
  const { rows: counted } = await pool.query<{ started: number; ended: number; kept: number }>(
    `SELECT sum(sessions)::int AS started, sum(timed)::int AS ended,
            (SELECT count(*)::int FROM client_session WHERE state = 5) AS kept FROM release_hour`,
  )
  console.log(`\n${sessions} updates were answered; counted: ${JSON.stringify(counted[0])}`)
  if ((counted[0]?.started ?? 0) + (counted[0]?.ended ?? 0) !== sessions) process.exitCode = 1
})
