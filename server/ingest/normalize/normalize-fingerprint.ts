import { toScalarText } from './coerce.ts'
import type { Raw } from './coerce.ts'
import { describeShortened } from '../remarks.ts'
import type { ProblemLog } from './problem-log.ts'

const PARTS_MAX = 100
const CHARS_MAX = 16_384

/**
 * A list of scalars, written as Sentry writes them before it hashes (`True`, whole numbers). Never cut in the middle: a cut
 * part would join what its sender keeps apart. A bare text is taken for a list of one.
 */
export function normalizeFingerprint(log: ProblemLog, raw: Raw): string[] | null {
  if (raw === undefined || raw === null) return null
  if (!Array.isArray(raw) && typeof raw !== 'string') {
    log.invalid('fingerprint', raw)
    return null
  }
  const parts: string[] = []
  let charsLeft = CHARS_MAX
  for (const element of Array.isArray(raw) ? raw : [raw]) {
    if (element === null) continue
    const part = toScalarText(element)
    if (part === null) {
      log.invalid('fingerprint', element)
      continue
    }
    charsLeft -= part.length
    if (charsLeft < 0 || parts.length >= PARTS_MAX) {
      log.tooLong('fingerprint', describeShortened(Array.isArray(raw) ? raw.length : 1))
      break
    }
    parts.push(part)
  }
  return parts.length === 0 ? null : parts
}
