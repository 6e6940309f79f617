// `npm run demo -- --dsn <DSN>`: a shop of eight programs whose errors never end, sent to a running Faultline through
// the same door as everybody's. It knows nothing of the server but the DSN.

import { parseArgs } from 'node:util'
import { setTimeout as wait } from 'node:timers/promises'
import { buildEvent } from './build-event.ts'
import { createDice } from './dice.ts'
import { parseDsn, sendEvent } from './send-event.ts'
import type { Dsn } from './send-event.ts'
import { createStory } from './story.ts'

const HELP = `npm run demo -- [--dsn] <DSN> [--rate 3] [--seconds 60] [--seed 1]

  <DSN>       Where to send. A new Faultline prints the DSN of its first project when it starts;
              otherwise it stands in the project's settings: http://<key>@localhost:4000/<number>
  --rate      Events per second on a quiet day; bursts have fifteen times as many. Default 3.
  --seconds   Stop by itself after so many seconds. Default: when you press Ctrl-C.
  --seed      Another number tells another story.`

/** More than this are never under way at once: a slow server slows the show down. */
const CONCURRENT_MAX = 64
const REPORT_EVERY_MS = 10_000

interface Settings {
  dsn: Dsn
  eventsPerSecond: number
  endAfterMs: number
  seed: number
}

function readSettings(): Settings {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      dsn: { type: 'string' },
      rate: { type: 'string', default: '3' },
      seconds: { type: 'string', default: 'Infinity' },
      seed: { type: 'string', default: '1' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  const dsn = values.dsn ?? positionals[0]
  if (values.help || dsn === undefined) {
    console.log(HELP)
    process.exit(values.help ? 0 : 1)
  }
  const eventsPerSecond = Number(values.rate)
  const seconds = Number(values.seconds)
  const seed = Number(values.seed)
  if (!(eventsPerSecond > 0 && eventsPerSecond <= 5000)) throw new Error('--rate must be between 0 and 5000')
  if (!(seconds > 0)) throw new Error('--seconds must be more than 0')
  if (!Number.isInteger(seed)) throw new Error('--seed must be a whole number')
  return { dsn: parseDsn(dsn), eventsPerSecond, endAfterMs: seconds * 1000, seed }
}

async function playStory({ dsn, eventsPerSecond, endAfterMs, seed }: Settings, stop: AbortSignal): Promise<void> {
  const dice = createDice(seed)
  // Ids must not repeat when the same story is told again.
  const ids = createDice(Math.floor(Math.random() * 2 ** 32))
  const story = createStory(dice)
  const answers = new Map<number | string, number>()
  const underway = new Set<Promise<void>>()
  const startedAtMs = Date.now()
  let reportAtMs = startedAtMs + REPORT_EVERY_MS
  console.log(`Sending to ${dsn.envelopeUrl}, about ${eventsPerSecond} events a second. Ctrl-C stops.`)

  while (!stop.aborted && Date.now() - startedAtMs < endAfterMs) {
    const { happening, pace, remark } = story.tellMoment(Date.now() - startedAtMs)
    if (remark !== null) console.log(remark)
    const event = { ...buildEvent(happening, dice, Date.now()), event_id: ids.hex(32) }
    const sent = sendEvent(dsn, event).then((answer) => {
      answers.set(answer, (answers.get(answer) ?? 0) + 1)
      underway.delete(sent)
    })
    underway.add(sent)
    if (underway.size >= CONCURRENT_MAX) await Promise.race(underway)
    if (Date.now() >= reportAtMs) {
      reportAtMs += REPORT_EVERY_MS
      console.log(describeAnswers(answers))
    }
    // Between half and one and a half of the usual pause: errors do not keep time.
    const pauseMs = (1000 / (eventsPerSecond * pace)) * (0.5 + dice.roll(0, 1000) / 1000)
    await wait(pauseMs, undefined, { signal: stop }).catch(() => undefined)
  }
  await Promise.all(underway)
  console.log(describeAnswers(answers))
}

function describeAnswers(answers: ReadonlyMap<number | string, number>): string {
  const parts = [...answers].map(([answer, count]) => `${count} × ${answer === 200 ? 'accepted' : answer}`)
  return parts.length === 0 ? 'nothing sent' : parts.join(', ')
}

try {
  const settings = readSettings()
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort())
  await playStory(settings, stop.signal)
} catch (error) {
  console.error((error as Error).message)
  process.exitCode = 1
}
