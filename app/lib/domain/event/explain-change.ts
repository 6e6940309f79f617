// Sentry's names of problems and rules, in words for a person. What is not known is told by its name.

import { words } from '#lib/words.ts'

interface Problem {
  type: string
  value: unknown
}

export interface Remark {
  rule: string
  kind: string
  originalLength: number | null
}

export function explainProblem({ type, value }: Problem): string {
  const texts: Record<string, string> = words.event.problemTypes
  const text = texts[type] ?? type
  return value === null || value === undefined ? text : words.event.problemWas(text, JSON.stringify(value))
}

/** @param value what is left of it, where that is at hand. */
export function explainRemark({ rule, kind, originalLength }: Remark, value?: unknown): string {
  if (kind === 'CUT' || rule === '!limit') {
    if (originalLength !== null && typeof value === 'string' && value.length < originalLength) {
      return words.event.cutFrom(originalLength, value.length)
    }
    return words.event.cut(originalLength)
  }
  const rules: Record<string, string> = words.event.remarkRules
  return rules[rule] ?? words.event.otherRule(rule)
}
