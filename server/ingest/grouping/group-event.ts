// Gives an event its hash: equal for events that are the same problem. Agrees with Sentry's newest grouping as far as that
// is described by behaviour: README.md says how, and where not. The parts are kept, so that a page can explain the hash.

import { hash } from 'node:crypto'
import type { GroupedEvent, Grouping, NormalizedEvent } from '../../domain/event.ts'
import { cutText } from '../normalize/coerce.ts'
import { collectLeaves, type CollectedLeaves } from './collect-leaves.ts'
import { describeEvent } from './describe-event.ts'
import { DEFAULT_PART, expandFingerprint, findBuiltInFingerprint } from './expand-fingerprint.ts'
import { Leaves } from './leaves.ts'

/** Raised when the same event may get another hash than before. An issue keeps the hashes it has. */
export const GROUPING_VERSION = 2

const PARTS_MAX = 60
const PART_CHARS_MAX = 200
/** Of too many parts, the first say what was thrown, the last where. */
const FIRST_PARTS = 10

const MD5 = /^[0-9a-f]{32}$/

/** Which events it is one problem with, and why. */
export interface FoundGroup {
  grouping: Grouping
  /** Index of the exception that names the event; -1 without any. */
  main: number
}

/** Adds to the event itself. @param found what `findGroup` says of the event. */
export function groupEvent(event: NormalizedEvent, { grouping, main }: FoundGroup = findGroup(event)): GroupedEvent {
  return Object.assign(event, { grouping }, describeEvent(event, event.exceptions[main] ?? null))
}

/** Settles the `inApp` of the event's frames. */
export function findGroup(event: NormalizedEvent): FoundGroup {
  const collected = collectLeaves(event)
  return { grouping: makeGrouping(event, collected), main: collected.main }
}

function makeGrouping(event: NormalizedEvent, { strategy, leaves, other }: CollectedLeaves): Grouping {
  const { checksum } = event
  if (checksum !== null) {
    const parts = new Leaves()
    parts.add('checksum', checksum)
    const grouping = finish('checksum', parts, null)
    return MD5.test(checksum) ? { ...grouping, hash: checksum } : grouping
  }
  const sent = isPlainDefault(event.fingerprint) ? null : event.fingerprint
  const fingerprint = sent?.some(isDefaultPart) === false ? sent : (findBuiltInFingerprint(event) ?? sent)
  if (fingerprint === null) return finish(strategy, leaves, other)
  const expanded = expandFingerprint(event, fingerprint)
  if (!expanded.includes(DEFAULT_PART)) return finish('fingerprint', salt(expanded, leaves), null)
  return finish(`fingerprint, ${strategy}`, salt(expanded, leaves), other === null ? null : salt(expanded, other))
}

/** @param leaves what stands for `{{ default }}`. */
function salt(expanded: readonly (string | typeof DEFAULT_PART)[], leaves: Leaves): Leaves {
  const parts = new Leaves()
  for (const part of expanded) {
    if (part === DEFAULT_PART) parts.addAll(leaves)
    else parts.add('fingerprint', part)
  }
  return parts
}

/** `["{{ default }}"]` asks for what is done anyway. */
function isPlainDefault(fingerprint: string[] | null): boolean {
  if (fingerprint === null) return true
  const [only] = fingerprint
  return fingerprint.length === 1 && only !== undefined && isDefaultPart(only)
}

function isDefaultPart(part: string): boolean {
  return /^\{\{ *default *\}\}$/.test(part)
}

function finish(strategy: string, leaves: Leaves, other: Leaves | null): Grouping {
  const { labels, values } = leaves
  const count = values.length
  const skipped = Math.max(0, count - PARTS_MAX)
  const parts: Grouping['parts'] = []
  for (let i = 0; i < count; i++) {
    if (skipped > 0 && i === FIRST_PARTS) {
      // One place is taken by saying so.
      parts.push({ label: 'not shown', value: `${skipped + 1} parts` })
      i += skipped
      continue
    }
    const value = values[i] as string
    parts.push({ label: labels[i] as string, value: cutText(value, PART_CHARS_MAX) })
  }
  const ownHash = hash('md5', leaves.join())
  const otherHash = other === null || other.isEmpty ? ownHash : hash('md5', other.join())
  const grouping: Grouping = { version: GROUPING_VERSION, hash: ownHash, strategy, parts }
  if (otherHash !== ownHash) grouping.otherHash = otherHash
  return grouping
}
