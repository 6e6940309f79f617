// From which pages a key may be used: `example.com`, `*.example.com`, `https://example.com`, `http://localhost:5173`. A
// scheme or port that is not named does not matter.

/** As it was taken apart; lower case. */
export interface OriginPattern {
  scheme: string | null
  /** Without the `*.` of a pattern for every name below it. */
  host: string
  isBelow: boolean
  port: string | null
}

export const ORIGIN_RULE =
  'An origin is a host with or without scheme and port: example.com, *.example.com, https://example.com:8443.'

const PATTERN = /^(?:(https?):\/\/)?(\*\.)?([a-z0-9_-]+(?:\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\])(?::(\d{1,5}))?\/?$/
const PATTERN_LENGTH_MAX = 300

/** @returns null for what is none. */
export function parseOriginPattern(text: string): OriginPattern | null {
  const match = text.length > PATTERN_LENGTH_MAX ? null : PATTERN.exec(text.trim().toLowerCase())
  if (match === null) return null
  const [, scheme, below, host = '', port] = match
  return { scheme: scheme ?? null, host, isBelow: below !== undefined, port: port ?? null }
}

/** @param origin a page's: `https://shop.example.com`, or its whole address. */
export function matchesOrigin(patterns: readonly OriginPattern[], origin: string): boolean {
  const url = URL.parse(origin)
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return false
  const scheme = url.protocol.slice(0, -1)
  const port = url.port === '' ? (scheme === 'https' ? '443' : '80') : url.port
  return patterns.some(
    (pattern) =>
      (pattern.scheme === null || pattern.scheme === scheme) &&
      (pattern.port === null ? pattern.scheme === null || url.port === '' : pattern.port === port) &&
      (pattern.isBelow ? url.hostname.endsWith(`.${pattern.host}`) : url.hostname === pattern.host),
  )
}
