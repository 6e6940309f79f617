// What a violation of a Content Security Policy is called, and which ones are the same problem: the directive, and what it
// blocked, by host. Browsers write the report in two forms, `document-uri` and `documentURL`, and leave out much of either.

import type { JsonObject } from '../domain/event.ts'
import { AppError } from '../errors.ts'

const DIRECTIVES = new Set(
  (
    'base-uri child-src connect-src default-src fenced-frame-src font-src form-action frame-ancestors frame-src img-src ' +
    'manifest-src media-src navigate-to object-src plugin-types prefetch-src referrer report-to report-uri ' +
    'require-sri-for require-trusted-types-for sandbox script-src script-src-attr script-src-elem style-src ' +
    'style-src-attr style-src-elem trusted-types upgrade-insecure-requests block-all-mixed-content worker-src'
  ).split(' '),
)
const LOCAL = "'self'"
const UNSAFE_INLINE = "'unsafe-inline'"
const UNSAFE_EVAL = "'unsafe-eval'"
/** What browsers write instead of an address. */
const KEYWORDS = new Set(['inline', 'eval', 'wasm-eval', 'trusted-types-policy', 'trusted-types-sink'])

export function describeCsp(report: JsonObject) {
  const violated = readText(report, 'violated-directive', 'violatedDirective')
  // Firefox leaves out the effective directive; it is the first word of the violated one.
  const directive = (readText(report, 'effective-directive', 'effectiveDirective') || violated.split(' ', 1)[0] || '')
    .trim()
    .toLowerCase()
  if (!DIRECTIVES.has(directive)) {
    throw new AppError('INVALID', 'A CSP report needs an "effective-directive" or "violated-directive" that CSP knows.')
  }
  const documentUri = readText(report, 'document-uri', 'documentURL', 'documentURI')
  const blocked = normalizeUri(readText(report, 'blocked-uri', 'blockedURL', 'blockedURI') || 'self')
  const isOwnHost = blocked !== LOCAL && blocked === normalizeUri(documentUri)
  const isLocal = blocked === LOCAL || KEYWORDS.has(blocked) || isOwnHost
  const unsafe = isLocal && shorten(directive) === 'script' ? findUnsafeKeyword(violated) : null
  const target = isLocal ? LOCAL : blocked
  return {
    kind: 'csp',
    message: isLocal ? nameLocalViolation(directive, unsafe) : nameRemoteViolation(directive, blocked),
    culprit: normalizeDirective(violated === '' ? directive : violated, documentUri),
    // A file of the document's own host is another problem than code that stands in the document.
    fingerprint: [directive, isOwnHost ? blocked : (unsafe ?? target)],
    tags: { 'effective-directive': directive, 'blocked-uri': target },
    request: {
      ...(documentUri !== '' && { url: documentUri }),
      headers: listHeaders(readText(report, 'referrer'), report['user_agent']),
    },
    report: Object.fromEntries(
      Object.entries(report).filter(([key, value]) => key !== 'user_agent' && value !== null && value !== ''),
    ),
  }
}

/** Of the request that the browser speaks of, not of the one that brought the report. */
export function listHeaders(referrer: unknown, userAgent: unknown): [string, string][] {
  const headers: [string, string][] = []
  if (typeof referrer === 'string' && referrer !== '') headers.push(['Referer', referrer])
  if (typeof userAgent === 'string' && userAgent !== '') headers.push(['User-Agent', userAgent])
  return headers
}

function readText(report: JsonObject, ...names: string[]): string {
  for (const name of names) {
    const value = report[name]
    if (typeof value === 'string' && value !== '') return value.slice(0, 4096)
  }
  return ''
}

/** `script` of `script-src-elem`. */
function shorten(directive: string): string {
  return directive.replace(/-src(?:-elem|-attr)?$/, '')
}

/** As titles say it, and Sentry’s do. */
function nameKind(directive: string): string {
  const kind = shorten(directive)
  return kind === 'img' ? 'image' : kind
}

function nameRemoteViolation(directive: string, blocked: string): string {
  if (directive === 'form-action') return `Blocked 'form' action to '${blocked}'`
  return `Blocked '${nameKind(directive)}' from '${blocked}'`
}

/** What stands in the document itself, where a policy is about one form of it. */
const LOCAL_VIOLATIONS = new Map([
  ['script-src-elem', "Blocked unsafe 'script' element"],
  ['script-src-attr', 'Blocked inline script attribute'],
  ['style-src-elem', "Blocked 'style' or 'link' element"],
  ['style-src-attr', 'Blocked style attribute'],
])

function nameLocalViolation(directive: string, unsafe: string | null): string {
  const named = LOCAL_VIOLATIONS.get(directive)
  if (named !== undefined) return named
  const kind = nameKind(directive)
  if (kind !== 'script') return `Blocked inline '${kind}'`
  if (unsafe === UNSAFE_INLINE) return "Blocked unsafe inline 'script'"
  return unsafe === UNSAFE_EVAL ? "Blocked unsafe eval() 'script'" : "Blocked unsafe (eval() or inline) 'script'"
}

/** What the policy would have to say for the script to run. */
function findUnsafeKeyword(violated: string): string | null {
  if (violated.includes(UNSAFE_INLINE)) return UNSAFE_INLINE
  return violated.includes(UNSAFE_EVAL) ? UNSAFE_EVAL : null
}

/** A host for http and https, `scheme:` for other addresses, `'self'` for one's own. */
function normalizeUri(uri: string): string {
  const text = uri.trim()
  if (text === '' || text === 'self' || text === LOCAL) return LOCAL
  if (KEYWORDS.has(text)) return text
  const colon = text.indexOf(':')
  // `data`, `blob`: browsers leave the colon out.
  if (colon < 0) return `${text}:`
  if (!/^https?:/i.test(text)) return text.slice(0, colon + 1).toLowerCase()
  return URL.canParse(text) ? new URL(text).host : text
}

/** Without schemes, and with `'self'` for the document's own host, so that pages of many hosts read alike. */
function normalizeDirective(violated: string, documentUri: string): string {
  const own = normalizeUri(documentUri)
  const [name = '', ...sources] = violated.trim().split(/\s+/)
  const shortened = sources.map((source) => {
    if (source.startsWith("'")) return source
    const uri = /^https?:/i.test(source) ? normalizeUri(source) : source
    return uri === own ? LOCAL : uri
  })
  return [name, ...shortened].join(' ')
}
