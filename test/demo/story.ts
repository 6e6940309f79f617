// What happens when. The clock of the story counts from its start; it decides which failures exist yet, which one comes
// as a burst, which one was "fixed" and comes back, and which release each program runs.

import { backoffice } from './programs/php.ts'
import { billing } from './programs/python.ts'
import { catalogue } from './programs/java.ts'
import { checkoutApi } from './programs/node.ts'
import { inventImport } from './programs/imports.ts'
import { notifications } from './programs/ruby.ts'
import { pictures } from './programs/rust.ts'
import { search } from './programs/go.ts'
import { shopWeb } from './programs/browser.ts'
import type { Dice } from './dice.ts'
import type { Happening } from './build-event.ts'
import type { Failure, Program } from './program.ts'

const PROGRAMS = [shopWeb, checkoutApi, billing, catalogue, search, backoffice, notifications, pictures] as const

/** How many of the failures are there from the first moment; one more joins every few seconds. */
const FAILURES_AT_START = 7
const NEW_FAILURE_EVERY_MS = 8_000
/** When all are known, something nobody has seen before happens this often. */
const INVENTED_EVERY_MS = 45_000
const DEPLOY_EVERY_MS = 150_000
const BURST_EVERY_MS = 75_000
const BURST_LENGTH_MS = 6_000
/** The failure that comes back is silent for the second half of this. */
const REGRESSION_CYCLE_MS = 120_000

interface Moment {
  happening: Happening
  /** How many times the usual rate. */
  pace: number
  /** Something a person who watches should know, or null. */
  remark: string | null
}

export interface Story {
  tellMoment(elapsedMs: number): Moment
}

interface Cast {
  program: Program
  failure: Failure
}

export function createStory(dice: Dice): Story {
  // First failures first, so that every language shows up early.
  const cast: Cast[] = [0, 1, 2].flatMap((index) =>
    PROGRAMS.flatMap((program) => {
      const failure = program.failures[index]
      return failure === undefined ? [] : [{ program, failure }]
    }),
  )
  const comesBack: Cast = { program: billing, failure: billing.failures[0] }
  const remarked = new Set<string>()
  const invented: Cast[] = []

  function remarkOnce(key: string, text: string): string | null {
    if (remarked.has(key)) return null
    remarked.add(key)
    return text
  }

  function happen({ program, failure }: Cast, elapsedMs: number): Happening {
    const deploys = Math.floor(elapsedMs / DEPLOY_EVERY_MS)
    const lagsBehind = deploys > 0 && dice.chance(0.1)
    return {
      program,
      failure,
      version: `2.${lagsBehind ? deploys - 1 : deploys}.${PROGRAMS.indexOf(program as never) + 1}`,
      environment: dice.pick(program.environments),
    }
  }

  function tellMoment(elapsedMs: number): Moment {
    const known = Math.min(cast.length, FAILURES_AT_START + Math.floor(elapsedMs / NEW_FAILURE_EVERY_MS))
    const burst = Math.floor(elapsedMs / BURST_EVERY_MS)
    if (burst > 0 && elapsedMs % BURST_EVERY_MS < BURST_LENGTH_MS) {
      const struck = { program: checkoutApi, failure: checkoutApi.failures[0] }
      const remark = remarkOnce(`burst ${burst}`, 'burst: the payment gateway is down for some seconds')
      return { happening: happen(struck, elapsedMs), pace: 15, remark }
    }
    const inventedNow = Math.floor(elapsedMs / INVENTED_EVERY_MS)
    if (inventedNow > invented.length) {
      const novelty = inventImport(invented.length)
      invented.push(novelty)
      const remark = `new: ${novelty.failure.transaction} fails for the first time`
      return { happening: happen(novelty, elapsedMs), pace: 1, remark }
    }
    const cycle = Math.floor(elapsedMs / REGRESSION_CYCLE_MS)
    const isSilent = elapsedMs % REGRESSION_CYCLE_MS >= REGRESSION_CYCLE_MS / 2
    const candidates = [...cast.slice(0, known), ...invented.slice(-5)].filter(
      ({ failure }) => failure !== comesBack.failure || !isSilent,
    )
    const remark = isSilent
      ? remarkOnce(
          `fixed ${cycle}`,
          'fix: "InvoiceError" stops for a minute. Resolve it, and it will come back as a regression',
        )
      : cycle > 0
        ? remarkOnce(`back ${cycle}`, 'regression: "InvoiceError" is back')
        : null
    const chosen = remark?.startsWith('regression') ? comesBack : pickByWeight(candidates, dice)
    return { happening: happen(chosen, elapsedMs), pace: 1, remark }
  }

  return { tellMoment }
}

function pickByWeight(candidates: readonly Cast[], dice: Dice): Cast {
  let left = dice.roll(
    1,
    candidates.reduce((sum, { failure }) => sum + failure.weight, 0),
  )
  for (const candidate of candidates) {
    left -= candidate.failure.weight
    if (left <= 0) return candidate
  }
  throw new Error('a story needs at least one failure')
}
