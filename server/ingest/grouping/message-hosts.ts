// Names and addresses of machines as they stand in messages.

import { isIPv6 } from 'node:net'
import { isAlphanumeric, isHex } from './message-chars.ts'

const HOST_CHARS_MAX = 253
const LABEL_CHARS_MAX = 63

/** The top-level domains that messages speak of. File names end in other letters (`.js`, `.py`), or look like these. */
const TOP_LEVEL = new Set(
  (
    'com net org jp de uk fr br it ru es me gov pl ca au cn co in nl edu info eu ch id at kr cz mx be tv se tr tw al ua ' +
    'ir vn cl sk ly cc to no fi us pt dk ar hu tk gr il news ro my biz ie za nz sg ee th io xyz pe bg hk rs lt link ph ' +
    'club si site mobi by cat wiki la ga xxx cf hr ng jobs online kz ug gq ae is lv pro fm tips ms sa app'
  ).split(' '),
)
const TOP_LEVEL_CHARS_MAX = 6

/**
 * @returns where the host name that begins at `at` ends: behind the first label that is a top-level domain. Else the
 * complement (`~`) of a place before which no other host name begins.
 */
export function findHostEnd(text: string, at: number): number {
  let labelStart = at
  const limit = Math.min(text.length, at + HOST_CHARS_MAX)
  for (let i = at; i < limit; i++) {
    const code = text.charCodeAt(i)
    if (isAlphanumeric(code) || code === 0x2d) continue
    if (code !== 0x2e || i === labelStart) return ~i
    // The end of a label that is too long may be one that is not.
    if (i - labelStart > LABEL_CHARS_MAX) return ~Math.max(at + 1, i - LABEL_CHARS_MAX)
    labelStart = i + 1
    const end = findTopLevelEnd(text, labelStart)
    if (end > 0) return end
  }
  return ~limit
}

function findTopLevelEnd(text: string, at: number): number {
  let end = at
  while (end < text.length && end - at <= TOP_LEVEL_CHARS_MAX && isLetter(text.charCodeAt(end))) end++
  const next = text.charCodeAt(end)
  if (end - at < 2 || end - at > TOP_LEVEL_CHARS_MAX || isAlphanumeric(next) || next === 0x5f) return -1
  const label = text.slice(at, end)
  if (TOP_LEVEL.has(label)) return end
  return label === label.toUpperCase() && TOP_LEVEL.has(label.toLowerCase()) ? end : -1
}

function isLetter(code: number): boolean {
  return (code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a
}

const IPV4 = /(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![0-9A-Za-z_])/y
const IPV6_CHARS_MAX = 45

/**
 * The caller has seen that no word character is before.
 * @returns where the IP address that begins at `at` ends, else the complement of a place before which no other begins.
 */
export function findIpEnd(text: string, at: number): number {
  const code = text.charCodeAt(at)
  if (code >= 0x30 && code <= 0x39) {
    IPV4.lastIndex = at
    if (IPV4.test(text)) return IPV4.lastIndex
  }
  let end = at
  let colons = 0
  let hasGap = false
  for (; end < text.length; end++) {
    const next = text.charCodeAt(end)
    if (next === 0x3a) {
      colons++
      if (text.charCodeAt(end + 1) === 0x3a) hasGap = true
    } else if (!isHex(next) && !(next === 0x2e && colons > 1)) break
  }
  if (end - at > IPV6_CHARS_MAX) return ~(end - IPV6_CHARS_MAX)
  if ((!hasGap && colons < 6) || colons > 8 || isAlphanumeric(text.charCodeAt(end))) return ~(at + 1)
  // A colon or full stop behind the address belongs to the sentence.
  for (let trimmed = end; trimmed > at && end - trimmed < 2; trimmed--) {
    if (isIPv6(text.slice(at, trimmed))) return trimmed
  }
  return ~(at + 1)
}
