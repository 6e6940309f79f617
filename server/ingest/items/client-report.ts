// `client_report`: how much an SDK dropped itself, and why (before_send, sampling, a full queue, our own rate limits). It
// is counted by the hour beside the outcomes of what did reach us. What a client writes here is only ever a count: names
// are checked, and their number is bounded by outcomes.ts.

import type { Json, JsonObject } from '../../domain/event.ts'
import { AppError } from '../../errors.ts'
import type { ItemHandler } from '../item-handler.ts'
import { isObject } from '../normalize/coerce.ts'
import type { Outcomes } from '../outcomes.ts'

interface DiscardedCount {
  /** The SDK's own word, or whose list it stood in. */
  reason: string
  category: string
  quantity: number
}

const PAYLOAD_BYTES_MAX = 64 * 1024
/** No SDK drops as many between two reports; more is a mistake that would hide all other bars. */
const QUANTITY_MAX = 1_000_000_000
const NAME = /^[a-z0-9_]{1,40}$/

/** The lists of a report. Those that only relays send tell in their own words why; what counts is whose rule it was. */
const LISTS: readonly [list: string, reason: string | null][] = [
  ['discarded_events', null],
  ['rate_limited_events', 'rate_limited'],
  ['filtered_events', 'filtered'],
  ['filtered_sampling_events', 'filtered_sampling'],
]

export function createClientReportHandler({ outcomes }: { outcomes: Outcomes }): ItemHandler {
  return {
    types: ['client_report'],
    category: 'client_report',
    payloadBytesMax: PAYLOAD_BYTES_MAX,
    accept({ payload }, { projectId }) {
      for (const { reason, category, quantity } of readClientReport(payload)) {
        outcomes.countDiscarded(projectId, reason, category, quantity)
      }
      return Promise.resolve({ outcome: 'accepted' })
    },
  }
}

/** @throws AppError INVALID when it is no JSON object. What is odd in it is left out. */
export function readClientReport(payload: Buffer): DiscardedCount[] {
  const report = parseReport(payload)
  return LISTS.flatMap(([name, reason]) => {
    const list = report[name]
    return Array.isArray(list) ? list.flatMap((entry) => readEntry(entry, reason) ?? []) : []
  })
}

function parseReport(payload: Buffer): JsonObject {
  let report: Json
  try {
    report = JSON.parse(payload.toString('utf8')) as Json
  } catch (cause) {
    throw new AppError('INVALID', 'The client report is not valid JSON.', { cause })
  }
  if (!isObject(report)) throw new AppError('INVALID', 'The client report must be a JSON object.')
  return report
}

function readEntry(entry: Json, reasonOfList: string | null): DiscardedCount | null {
  if (!isObject(entry)) return null
  const quantity = entry['quantity'] ?? 1
  if (typeof quantity !== 'number' || !(quantity >= 1)) return null
  return {
    reason: reasonOfList ?? readName(entry['reason']),
    category: readCategory(entry['category']),
    quantity: Math.min(Math.floor(quantity), QUANTITY_MAX),
  }
}

/** `default` is the old name of what an error counts as. */
function readCategory(value: Json | undefined): string {
  const category = readName(value)
  return category === 'default' ? 'error' : category
}

function readName(value: Json | undefined): string {
  return typeof value === 'string' && NAME.test(value) ? value : 'unknown'
}
