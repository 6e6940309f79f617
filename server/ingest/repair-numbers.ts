// The two kinds of numbers that other languages write into JSON and JavaScript's parser spoils: whole numbers too large for
// a double, of which it would keep some digits only, and Python's NaN and Infinity, at which it stops.

const QUOTE = 0x22
const BACKSLASH = 0x5c
const MINUS = 0x2d
/** Digits of the shortest number that may not be exact. */
const LONG_DIGITS = 16
const LONG_NUMBER = /[:[,]\s*-?[1-9]\d{15}/

/** @returns the text with every whole number that a double cannot hold in quotes: a text keeps all its digits. */
export function quoteBigIntegers(text: string): string {
  if (!hasLongDigits(text) || !LONG_NUMBER.test(text)) return text
  const pieces: string[] = []
  let from = 0
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === QUOTE) i = findTextEnd(text, i)
    else if (code === MINUS || isDigit(code)) {
      const start = i
      while (isNumberPart(text.charCodeAt(i + 1))) i++
      const number = text.slice(start, i + 1)
      if (number.length < 16 || !isBigInteger(number)) continue
      pieces.push(text.slice(from, start), '"', number, '"')
      from = i + 1
    }
  }
  pieces.push(text.slice(from))
  return pieces.join('')
}

/** Nearly no event has as many digits in a row. Looks at every sixteenth character, which a row that is long enough cannot avoid. */
function hasLongDigits(text: string): boolean {
  for (let i = LONG_DIGITS - 1; i < text.length; i += LONG_DIGITS) {
    if (!isDigit(text.charCodeAt(i))) continue
    let start = i
    while (start > 0 && isDigit(text.charCodeAt(start - 1))) start--
    let end = i + 1
    while (isDigit(text.charCodeAt(end))) end++
    if (end - start >= LONG_DIGITS) return true
  }
  return false
}

/** @returns the text with null for NaN, Infinity and -Infinity outside of texts; null when there is none. */
export function replacePythonNumbers(text: string): string | null {
  if (!text.includes('NaN') && !text.includes('Infinity')) return null
  const pieces: string[] = []
  let from = 0
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) === QUOTE) {
      i = findTextEnd(text, i)
      continue
    }
    const token = text.startsWith('NaN', i) ? 'NaN' : text.startsWith('Infinity', i) ? 'Infinity' : null
    if (token === null) continue
    const start = text[i - 1] === '-' ? i - 1 : i
    pieces.push(text.slice(from, start), 'null')
    i += token.length - 1
    from = i + 1
  }
  if (pieces.length === 0) return null
  pieces.push(text.slice(from))
  return pieces.join('')
}

/** @param start where its first quote stands. @returns where its last one does. */
function findTextEnd(text: string, start: number): number {
  let i = start + 1
  for (; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === QUOTE) break
    if (code === BACKSLASH) i++
  }
  return i
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39
}

/** Digits, `.`, `e`, `E`, `+`, `-`. */
function isNumberPart(code: number): boolean {
  return isDigit(code) || code === 0x2e || code === 0x65 || code === 0x45 || code === 0x2b || code === MINUS
}

function isBigInteger(number: string): boolean {
  return /^-?[1-9]\d+$/.test(number) && !Number.isSafeInteger(Number(number))
}
