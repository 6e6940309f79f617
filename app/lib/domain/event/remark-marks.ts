// The remarks on one value of the payload, for a mark beside it.

import { createContext } from 'svelte'
import { words } from '#lib/words.ts'
import { explainRemark, type Remark } from './explain-change.ts'

export interface PlacedRemark extends Remark {
  /** Dotted: `request.headers.X-Token`. */
  path: string
}

interface Mark {
  /** One word. */
  label: string
  /** What was done, by which rule. */
  text: string
}

/** Of the event that is shown. */
export const [getRemarks, setRemarks] = createContext<() => readonly PlacedRemark[]>()

const MARKS_MAX = 5

/**
 * @param value what is shown of it, so that a cut can be told by both lengths.
 * @param isWhole what is inside of it is shown with marks of its own.
 */
export function listMarks(
  remarks: readonly PlacedRemark[],
  path: string,
  { value, isWhole = false }: { value?: unknown; isWhole?: boolean } = {},
): Mark[] {
  const marks: Mark[] = []
  for (const remark of remarks) {
    const isInside = !isWhole && remark.path.startsWith(`${path}.`)
    if (remark.path !== path && !isInside) continue
    const text = explainRemark(remark, isInside ? undefined : value)
    marks.push({ label: labelOf(remark), text: isInside ? `${remark.path.slice(path.length + 1)}: ${text}` : text })
  }
  return marks.length > MARKS_MAX ? [...marks.slice(0, MARKS_MAX), moreOf(marks.length - MARKS_MAX)] : marks
}

function labelOf({ rule, kind }: Remark): string {
  if (kind === 'CUT' || rule === '!limit') return words.event.marks.cut
  if (kind === 'REMOVED') return words.event.marks.removed
  return kind === 'SUBSTITUTED' || kind === 'MASKED' ? words.event.marks.hidden : words.event.marks.changed
}

function moreOf(count: number): Mark {
  return { label: words.event.marks.more(count), text: words.event.marks.moreText }
}
