// How good a password must be: long enough, and not among those that are tried first. Kinds of characters are not asked
// for, since people answer that with "Password1!". Instead it is estimated how many tries a guesser needs who knows the
// 49,000 most used passwords, keyboard rows, years, and what is known of the person; the least sum over all ways to cut
// the password into such parts counts. That is the idea of zxcvbn, whose list this is, in linear time: zxcvbn itself took
// up to 0.9 s and 200 MB for one password of 128 characters, in a process that takes events meanwhile.

import { AppError } from '../errors.ts'

export const PASSWORD_LENGTH_MIN = 8
export const PASSWORD_LENGTH_MAX = 128

/** As powers of ten. 8 characters without any pattern are just enough. */
const TRIES_MIN = 8
const TRIES = { character: 1, personal: 0, year: 2, row: 1, swapped: 0.3 }

const WORD_LENGTH = { min: 3, max: 20 }
const PERSONAL_WORD_LENGTH_MIN = 4
const ROWS = [
  'abcdefghijklmnopqrstuvwxyz',
  '01234567890',
  'qwertyuiop',
  'asdfghjkl',
  'zxcvbnm',
  '!@#$%^&*()',
  'qwertzuiop',
]
const SWAPS = new Map(
  Object.entries({ '0': 'o', '1': 'i', '3': 'e', '4': 'a', '5': 's', '7': 't', '@': 'a', $: 's', '!': 'i' }),
)

/**
 * @param about what strangers may know of the person: e-mail address, name.
 * @throws AppError INVALID, with a sentence that says what to do.
 */
export async function assertGoodPassword(password: string, about: readonly string[]): Promise<void> {
  if (password.length < PASSWORD_LENGTH_MIN || password.length > PASSWORD_LENGTH_MAX) {
    throw new AppError('INVALID', `A password has ${PASSWORD_LENGTH_MIN} to ${PASSWORD_LENGTH_MAX} characters.`)
  }
  const personal = listPersonalWords(about)
  if (estimateTries(password, await loadCommonPasswords(), personal) >= TRIES_MIN) return
  const isPersonal = [...personal].some((word) => password.toLowerCase().includes(word))
  const reason = isPersonal ? 'It says what others know of you.' : 'It is like one that many people use.'
  throw new AppError('INVALID', `This password is too easy to guess. ${reason} Three or four words will do.`)
}

/** @returns a power of ten. */
function estimateTries(password: string, common: ReadonlyMap<string, number>, personal: ReadonlySet<string>): number {
  const lower = password.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase()
  const swapped = [...lower].map((character) => SWAPS.get(character) ?? character).join('')
  const unit = findRepeatedUnit(lower)
  if (unit !== null) return estimateTries(unit, common, personal) + Math.log10(lower.length / unit.length)
  /** By how many characters are covered. */
  const least = [0]
  for (let end = 1; end <= lower.length; end += 1) {
    let sum = (least[end - 1] ?? 0) + TRIES.character
    for (let start = Math.max(0, end - WORD_LENGTH.max); start <= end - WORD_LENGTH.min; start += 1) {
      const part = estimatePart(lower.slice(start, end), swapped.slice(start, end), common, personal)
      sum = Math.min(sum, (least[start] ?? 0) + part)
    }
    least.push(sum)
  }
  return least[lower.length] ?? 0
}

function estimatePart(
  part: string,
  swapped: string,
  common: ReadonlyMap<string, number>,
  personal: ReadonlySet<string>,
): number {
  if (personal.has(part) || personal.has(swapped)) return TRIES.personal
  if (/^(18|19|20)\d\d$/.test(part)) return TRIES.year
  if (isOneCharacter(part) || ROWS.some((row) => row.includes(part) || row.includes(reverse(part)))) return TRIES.row
  return Math.min(common.get(part) ?? Infinity, (common.get(swapped) ?? Infinity) + TRIES.swapped)
}

/** @returns `ab` for `ababab`; null where nothing is repeated. */
function findRepeatedUnit(text: string): string | null {
  const length = (text + text).indexOf(text, 1)
  return length < text.length ? text.slice(0, length) : null
}

function isOneCharacter(text: string): boolean {
  return [...text].every((character) => character === text[0])
}

function reverse(text: string): string {
  return [...text].reverse().join('')
}

/** Of `Ada Lovelace` and `ada.l@errors.example.com` what is long enough to mean something. */
function listPersonalWords(about: readonly string[]): Set<string> {
  const words = [...about, 'faultline'].flatMap((text) => {
    const lower = text.toLowerCase()
    return [lower, ...lower.split('@'), ...lower.split(/[^\p{L}\p{N}]+/u)]
  })
  return new Set(words.filter((word) => word.length >= PERSONAL_WORD_LENGTH_MIN))
}

let loading: Promise<ReadonlyMap<string, number>> | null = null

/** Powers of ten by password. Loaded with the first one that is chosen: most processes never need it. */
function loadCommonPasswords(): Promise<ReadonlyMap<string, number>> {
  loading ??= import('@zxcvbn-ts/language-common').then(({ dictionary }) => {
    const passwords = dictionary['passwords-common'].map(String)
    return new Map(passwords.map((password, index) => [password, Math.log10(index + 1)]))
  })
  return loading
}
