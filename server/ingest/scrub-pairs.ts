// Secrets in texts that say so themselves: `secret=value` and `"secret": "value"`. Linear: no character is gone over more
// than once but for the few before an equals sign or colon. Told as spans: beginnings and ends by turns.

import { FILTERED } from './scrub-keys.ts'
import type { ScrubRules } from './scrub-rules.ts'

/** Longer names are not looked at. */
const KEY_CHARS_MAX = 64

/**
 * `?token=x`, `&api_key=x`, `--password=x`, `Password=x;`
 * @param isQuotedOnly `password="x"` only: in prose and source code the rest is as often a mention as a value.
 * @param rule by which their names are secret.
 */
export function findPairs(text: string, isQuotedOnly: boolean, rules: ScrubRules, rule: string): number[] {
  const spans: number[] = []
  let at = text.indexOf('=')
  let from = 0
  while (at >= 0) {
    let keyStart = at
    while (keyStart > from && at - keyStart < KEY_CHARS_MAX && isKeyChar(text.charCodeAt(keyStart - 1))) keyStart--
    let valueEnd = at + 1
    const isCandidate = keyStart < at && (!isQuotedOnly || isQuote(text.charCodeAt(at + 1)))
    if (isCandidate && rules.secretRule(text.slice(keyStart, at)) === rule) {
      valueEnd = findValueEnd(text, at + 1)
      if (valueEnd > at + 1 && !text.startsWith(FILTERED, at + 1)) {
        spans.push(at + 1, valueEnd)
        from = valueEnd
      }
    }
    at = text.indexOf('=', Math.max(valueEnd, at + 1))
  }
  return spans
}

/** `"password": "x"`: JSON, or a literal in a line of source code, also with its quotes escaped. */
export function findMembers(text: string, rules: ScrubRules, rule: string): number[] {
  const spans: number[] = []
  let at = text.indexOf(':')
  let from = 0
  while (at >= 0) {
    let next = at + 1
    const close = text.charCodeAt(at - 1)
    if (isQuote(close)) {
      let keyEnd = at - 1
      if (text.charCodeAt(keyEnd - 1) === 0x5c) keyEnd--
      let keyStart = keyEnd
      while (keyStart > from && keyEnd - keyStart < KEY_CHARS_MAX && isKeyChar(text.charCodeAt(keyStart - 1)))
        keyStart--
      let start = at + 1
      while (text.charCodeAt(start) === 0x20) start++
      const quoteAt = text.charCodeAt(start) === 0x5c ? start + 1 : start
      const quote = text.charCodeAt(quoteAt)
      if (keyStart < keyEnd && isQuote(quote) && rules.secretRule(text.slice(keyStart, keyEnd)) === rule) {
        next = findQuoteEnd(text, quoteAt + 1, quote)
        if (next > quoteAt + 1 && !text.startsWith(FILTERED, quoteAt + 1)) {
          spans.push(quoteAt + 1, next)
          from = next
        }
      }
    }
    at = text.indexOf(':', next)
  }
  return spans
}

/** Where the text in quotes ends: at its quote, or at the backslash before that. */
function findQuoteEnd(text: string, start: number, quote: number): number {
  const isEscaped = text.charCodeAt(start - 2) === 0x5c
  for (let i = start; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === quote) return i
    if (code === 0x5c) {
      if (isEscaped && text.charCodeAt(i + 1) === quote) return i
      i++
    }
  }
  return text.length
}

function isQuote(code: number): boolean {
  return code === 0x22 || code === 0x27
}

function isKeyChar(code: number): boolean {
  const isWord = (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || (code >= 0x30 && code <= 0x39)
  return isWord || code === 0x5f || code === 0x2d || code === 0x2e || code === 0x5b || code === 0x5d
}

/** Up to what separates pairs; a quoted value up to its quote. */
function findValueEnd(text: string, start: number): number {
  const quote = text[start]
  if (quote === '"' || quote === "'") {
    const close = text.indexOf(quote, start + 1)
    return close < 0 ? text.length : close + 1
  }
  for (let i = start; i < text.length; i++) {
    const code = text.charCodeAt(i)
    // White space, quotes, `&`, `#`, `)`, `,`, `;`, `}`
    if (code <= 0x20 || code === 0x26 || code === 0x23 || code === 0x3b || code === 0x2c) return i
    if (code === 0x22 || code === 0x27 || code === 0x29 || code === 0x7d) return i
  }
  return text.length
}
