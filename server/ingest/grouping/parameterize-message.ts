// Takes the variable parts out of a message, so that `user 4711 not found` and `user 42 not found` are one problem. One pass
// over the characters: at each place the kinds of values are tried in Sentry's order of precedence, the first that fits is
// replaced by its name. What was found out about a run of characters is remembered until its end, which keeps it linear.

import { isAlphanumeric, isDigit, isHex, isWord } from './message-chars.ts'
import { findDateEnd } from './message-dates.ts'
import { findHostEnd, findIpEnd } from './message-hosts.ts'

const URL = /(?:wss?|https?|ftp):\/\/[^\s/$.?#][^\n]\S*/y
const UUID = /[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}(?![0-9A-Za-z_])/y
const TRACE_PARENT = /(?:00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]|1-[0-9a-f]{8}-[0-9a-f]{24})(?![0-9A-Za-z_])/y
const SWIFT_TRANSACTION = /tx[0-9a-f]{21}-[0-9a-f]{10}\S*/y
const BOOLEAN = /True|true|False|false/y

/** Two lines say what went wrong, what follows is detail. */
const LINES_MAX = 2

/** The message as it is hashed: its first lines, with placeholders. */
export function normalizeMessageForGrouping(message: string): string {
  const lines = firstLines(message)
  return parameterizeMessage(lines === message ? message : `${lines}...`)
}

function firstLines(message: string): string {
  if (!/[\r\n]/.test(message)) return message
  const kept: string[] = []
  for (const line of message.split(/\r\n|[\r\n]/, 1000)) {
    if (line.trim() === '') continue
    kept.push(line)
    if (kept.length === LINES_MAX) break
  }
  return kept.join('\n')
}

export function parameterizeMessage(text: string): string {
  return hasCandidate(text) ? new Parameterizer(text).run() : text
}

/** Digits, `@`, `=`, `://`, or a dot or colon inside a word. */
function hasCandidate(text: string): boolean {
  return /[\d@=.:]|(?:Sun|Mon|Tue|Wed|Thu|Fri|Sat)|[0-9a-fA-F]{8}/.test(text)
}

class Parameterizer {
  readonly #text: string
  #result = ''
  #from = 0
  /** No e-mail address begins before here. */
  #emailsFrom = 0
  /** No host name begins before here. */
  #hostsFrom = 0
  /** No IP address begins before here. */
  #ipsFrom = 0
  /** The last run of digits that was looked at ends here. */
  #digitsEnd = 0
  /** No closing quote follows, of these kinds. */
  #unclosed = new Set<string>()

  constructor(text: string) {
    this.#text = text
  }

  run(): string {
    const text = this.#text
    let isBoundary = true
    for (let at = 0; at < text.length;) {
      const end = this.#match(at, isBoundary)
      if (end > at) {
        this.#from = end
        isBoundary = !isWord(text.charCodeAt(end - 1))
        at = end
      } else {
        isBoundary = !isWord(text.charCodeAt(at))
        at++
      }
    }
    return this.#result + text.slice(this.#from)
  }

  /** @returns the end of what was replaced at `at`, else -1. `isBoundary`: no word character stands before. */
  #match(at: number, isBoundary: boolean): number {
    const text = this.#text
    const code = text.charCodeAt(at)
    const isWordStart = isBoundary && isWord(code)
    let end = this.#findEmailEnd(at, code)
    if (end > 0) return this.#replace(at, end, 'email')
    if (isWordStart) {
      end = sticky(URL, at, text, code === 0x77 || code === 0x68 || code === 0x66)
      if (end > 0) return this.#replace(at, end, 'url')
    }
    // A hyphen has a word's boundary where a word ends.
    if (at >= this.#hostsFrom && (isWordStart || (code === 0x2d && !isBoundary))) {
      end = findHostEnd(text, at)
      if (end > 0) return this.#replace(at, end, 'hostname')
      this.#hostsFrom = ~end
    }
    if (isBoundary && at >= this.#ipsFrom && (isHex(code) || code === 0x3a)) {
      end = findIpEnd(text, at)
      if (end > 0) return this.#replace(at, end, 'ip')
      this.#ipsFrom = ~end
    }
    if (isWordStart) {
      end = this.#replaceId(at, code)
      if (end > 0) return end
    }
    const isNumber = isDigit(code)
    if (isNumber) this.#seekDigitsEnd(at)
    end = findDateEnd(text, at, isNumber ? this.#digitsEnd : at)
    if (end > 0) return this.#replace(at, end, 'date')
    if (isNumber) {
      end = this.#findDurationEnd(isWordStart)
      if (end > 0) return this.#replace(at, end, 'duration')
    }
    if (isWordStart) return this.#replaceWord(at, code)
    if (code === 0x2d) return this.#replaceNegative(at, isBoundary)
    return text[at - 1] === '=' ? this.#replaceValue(at, code) : -1
  }

  #replace(at: number, end: number, name: string): number {
    this.#result += `${this.#text.slice(this.#from, at)}<${name}>`
    return end
  }

  #findEmailEnd(at: number, code: number): number {
    if (at < this.#emailsFrom || !isMailChar(code)) return -1
    const text = this.#text
    let local = at + 1
    while (local < text.length && isMailChar(text.charCodeAt(local))) local++
    let end = local + 1
    if (text.charCodeAt(local) === 0x40) {
      while (end < text.length && isDomainChar(text.charCodeAt(end))) end++
      // Full stops only between labels.
      while (end < text.length - 1 && text.charCodeAt(end) === 0x2e && isDomainChar(text.charCodeAt(end + 1))) {
        end += 2
        while (end < text.length && isDomainChar(text.charCodeAt(end))) end++
      }
      if (end > local + 1 && isDomainChar(text.charCodeAt(local + 1))) return end
    }
    this.#emailsFrom = local
    return -1
  }

  /** Ids with hyphens, and words of 32 or 40 hex digits. */
  #replaceId(at: number, code: number): number {
    const text = this.#text
    let end = sticky(TRACE_PARENT, at, text, code === 0x30 || code === 0x31)
    if (end > 0) return this.#replace(at, end, 'traceparent')
    if (!isHex(code)) return -1
    end = sticky(UUID, at, text, true)
    if (end > 0) return this.#replace(at, end, 'uuid')
    end = at
    while (end < text.length && end - at <= 40 && isHex(text.charCodeAt(end))) end++
    if (isWord(text.charCodeAt(end))) return -1
    if (end - at === 40) return this.#replace(at, end, 'sha1')
    return end - at === 32 ? this.#replace(at, end, 'md5') : -1
  }

  #seekDigitsEnd(at: number): void {
    if (this.#digitsEnd > at) return
    let end = at + 1
    while (end < this.#text.length && isDigit(this.#text.charCodeAt(end))) end++
    this.#digitsEnd = end
  }

  /** `15ms`, `1.5s`, of which the first digits have been seen. */
  #findDurationEnd(isWordStart: boolean): number {
    const text = this.#text
    const end = this.#digitsEnd
    const unit = text.charCodeAt(end)
    if (isWordStart && unit === 0x6d && text.charCodeAt(end + 1) === 0x73) return end + 2
    let secondsEnd = end
    if (unit === 0x2e && isDigit(text.charCodeAt(end + 1))) {
      secondsEnd = end + 2
      // Bounded, so that a run of full stops and digits is not gone over from each of its places.
      while (secondsEnd - end < 32 && isDigit(text.charCodeAt(secondsEnd))) secondsEnd++
    }
    return text.charCodeAt(secondsEnd) === 0x73 && !isWord(text.charCodeAt(secondsEnd + 1)) ? secondsEnd + 1 : -1
  }

  /** Whole words that are numbers or hex digits. */
  #replaceWord(at: number, code: number): number {
    const text = this.#text
    let end = sticky(SWIFT_TRANSACTION, at, text, code === 0x74)
    if (end > 0) return this.#replace(at, end, 'swift_txn_id')
    if (text[at - 1] === '=' && (code === 0x74 || code === 0x54 || code === 0x66 || code === 0x46)) {
      end = sticky(BOOLEAN, at, text, true)
      if (end > 0) return this.#replace(at, end, 'bool')
    }
    if (!isHex(code)) return -1
    end = at
    while (end < text.length && end - at <= 130 && isAlphanumeric(text.charCodeAt(end))) end++
    const isWhole = end - at <= 130 && !isWord(text.charCodeAt(end))
    if (!isWhole) return -1
    const word = text.slice(at, end)
    if (/^0[xX][0-9a-fA-F]+$/.test(word)) return this.#replace(at, end, 'hex')
    const length = end - at
    if (length >= 8 && length <= 128 && (/^[a-f]*\d[0-9a-f]*$/.test(word) || /^[A-F]*\d[0-9A-F]*$/.test(word))) {
      return this.#replace(at, end, 'hex')
    }
    if (length === 7 && /^[0-9a-f]*$/.test(word) && /\d/.test(word) && /[a-f]/.test(word)) {
      return this.#replace(at, end, 'git_sha')
    }
    if (!isDigit(code) || this.#digitsEnd !== end) return -1
    const floatEnd = this.#findFloatEnd(end)
    if (floatEnd > 0) return this.#replace(at, floatEnd, 'float')
    return length <= 7 ? this.#replace(at, end, 'int') : -1
  }

  #replaceNegative(at: number, isBoundary: boolean): number {
    const text = this.#text
    if (!isDigit(text.charCodeAt(at + 1))) return -1
    let end = at + 1
    while (end < text.length && end - at < 64 && isDigit(text.charCodeAt(end))) end++
    const floatEnd = this.#findFloatEnd(end)
    if (floatEnd > 0) return this.#replace(at, floatEnd, 'float')
    if (!isBoundary || isWord(text.charCodeAt(end))) return -1
    return this.#replace(at, end, end - at <= 8 ? 'int' : 'hex')
  }

  /** @param end where the whole part ends. */
  #findFloatEnd(end: number): number {
    const text = this.#text
    if (text.charCodeAt(end) !== 0x2e || !isDigit(text.charCodeAt(end + 1))) return -1
    let floatEnd = end + 2
    while (floatEnd - end < 64 && isDigit(text.charCodeAt(floatEnd))) floatEnd++
    return isWord(text.charCodeAt(floatEnd)) ? -1 : floatEnd
  }

  /** What stands quoted after an equals sign. */
  #replaceValue(at: number, code: number): number {
    if (code !== 0x22 && code !== 0x27) return -1
    const quote = this.#text[at] as string
    if (this.#unclosed.has(quote)) return -1
    const close = this.#text.indexOf(quote, at + 1)
    if (close < 0) this.#unclosed.add(quote)
    return close > at + 1 ? this.#replace(at, close + 1, 'quoted_str') : -1
  }
}

function sticky(pattern: RegExp, at: number, text: string, isCandidate: boolean): number {
  if (!isCandidate) return -1
  pattern.lastIndex = at
  return pattern.test(text) ? pattern.lastIndex : -1
}

/** RFC 5322's atoms, and the full stop. */
function isMailChar(code: number): boolean {
  if (isAlphanumeric(code)) return true
  switch (code) {
    case 0x21: // !
    case 0x2a: // *
    case 0x2b: // +
    case 0x2d: // -
    case 0x2e: // .
    case 0x2f: // /
    case 0x3d: // =
    case 0x3f: // ?
      return true
  }
  // # $ % & ' and ^ _ ` and { | } ~
  return (code >= 0x23 && code <= 0x27) || (code >= 0x5e && code <= 0x60) || (code >= 0x7b && code <= 0x7e)
}

function isDomainChar(code: number): boolean {
  return isAlphanumeric(code) || code === 0x2d
}
