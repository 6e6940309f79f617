// One event as the program's SDK would have written it.

import type { Dice } from './dice.ts'
import type { Failure, Program } from './program.ts'

const USERS = 400

export interface Happening {
  program: Program
  failure: Failure
  version: string
  environment: string
}

export interface DemoEvent {
  event_id: string
  [field: string]: unknown
}

export function buildEvent(happening: Happening, dice: Dice, nowMs: number): DemoEvent {
  const { program, failure, version, environment } = happening
  const exceptions = failure.exceptions?.(dice) ?? []
  const nowSeconds = nowMs / 1000
  return {
    event_id: dice.hex(32),
    timestamp: nowSeconds,
    platform: program.platform,
    level: failure.level ?? 'error',
    environment,
    release: `${program.name}@${version}`,
    transaction: failure.transaction,
    server_name: program.platform === 'javascript' ? undefined : `${program.name}-${dice.roll(1, 4)}`,
    sdk: program.sdk,
    user: buildUser(dice),
    contexts: { ...program.contexts(dice), trace: { trace_id: dice.hex(32), span_id: dice.hex(16) } },
    tags: failure.tags?.(dice),
    extra: failure.extra?.(dice),
    request: failure.request?.(dice),
    logentry: failure.message === undefined ? undefined : buildLogEntry(failure.message(dice)),
    exception:
      exceptions.length === 0
        ? undefined
        : {
            values: exceptions.map(({ frames, ...exception }, index) => ({
              ...exception,
              mechanism: {
                type: index === exceptions.length - 1 ? 'demo' : 'chained',
                handled: failure.handled ?? true,
              },
              stacktrace: frames.length === 0 ? undefined : { frames },
            })),
          },
    breadcrumbs: {
      values: failure
        .breadcrumbs(dice)
        .map(({ secondsBefore, ...breadcrumb }) => ({ ...breadcrumb, timestamp: nowSeconds - secondsBefore })),
    },
  }
}

function buildLogEntry({ message, params }: { message: string; params: string[] }) {
  let position = 0
  return { message, params, formatted: message.replaceAll('%s', () => params[position++] ?? '') }
}

/** A few people come back all the time, most once in a while, and some do not sign in. */
function buildUser(dice: Dice) {
  const number = dice.favourLow(USERS)
  const ip_address = `203.0.113.${number % 254}`
  if (dice.chance(0.15)) return { ip_address }
  return { id: String(1000 + number), email: `customer${number}@example.com`, ip_address }
}
