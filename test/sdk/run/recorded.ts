// What recordings there are, and of when: test/fixtures/requests/recorded.json. Those that are not in it were made
// beforehand, by other samples than ours.

import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CaseName } from '../story.ts'

export const RECORDINGS = join(import.meta.dirname, '../../fixtures/requests')
const LIST = join(RECORDINGS, 'recorded.json')

export interface Recorded {
  sdk: string
  version: string
  recordedAt: string
  /** The versions of the programs that ran it. None: it was recorded beforehand, and cannot be had everywhere. */
  with: string[]
  cases: CaseName[]
  lacks?: readonly ('breadcrumbs' | 'cause')[]
}

export function readRecorded(): Recorded[] {
  return JSON.parse(readFileSync(LIST, 'utf8')) as Recorded[]
}

/** Puts the recordings of one SDK in the place of what it sent before. */
export function writeRecorded(recorded: Recorded, requests: ReadonlyMap<CaseName, readonly Buffer[]>): void {
  const name = `${recorded.sdk}-${recorded.version}`
  for (const [told, all] of requests) {
    for (const old of readdirSync(RECORDINGS)) if (isOf(old, recorded, told)) rmSync(join(RECORDINGS, old))
    for (const [index, bytes] of all.entries()) {
      const number = String(index + 1).padStart(2, '0')
      writeFileSync(join(RECORDINGS, `${prefixOf(recorded, told)}-${number}.http`), bytes)
    }
  }
  const others = readRecorded().filter((other) => `${other.sdk}-${other.version}` !== name)
  const list = [...others, recorded].toSorted((one, other) => compare(one, other))
  writeFileSync(LIST, `${JSON.stringify(list, null, 2)}\n`)
}

/** Whether a recording is one of those of a case. */
export function isOf(file: string, recorded: Recorded, told: CaseName): boolean {
  const prefix = prefixOf(recorded, told)
  return file.startsWith(`${prefix}-`) && /^\d\d\.http$/.test(file.slice(prefix.length + 1))
}

/** Those that were made beforehand have the same names for cases, and another story in other languages. */
function prefixOf({ sdk, version, with: programs }: Recorded, told: CaseName): string {
  return `${sdk}-${version}-${programs.length > 0 ? 'story-' : ''}${told}`
}

function compare(one: Recorded, other: Recorded): number {
  return one.sdk.localeCompare(other.sdk) || one.version.localeCompare(other.version, undefined, { numeric: true })
}
