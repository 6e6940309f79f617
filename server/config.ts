// The only reader of the environment. Everything is checked here at once, before anything is opened: every mistake is
// one sentence, and all of them are told together, so that nobody corrects one only to meet the next. What belongs to a
// later feature is checked and kept as well. An empty variable counts as one that is not set.

import { isIP } from 'node:net'
import { resolve } from 'node:path'
import ipaddr from 'ipaddr.js'
import { z } from 'zod'
import { parseDatabaseUrl, type DatabaseConnection } from './database/connection.ts'
import { PUBLIC_KEY } from './domain/client-key.ts'
import { parseIpRange, type IpRange } from './domain/ip-range.ts'
import { parseProjectPath } from './domain/project.ts'
import { parseRoleMapping, type MappedRole } from './domain/role-mapping.ts'
import { LOG_LEVELS, type LogLevel } from './log.ts'

export interface Config {
  readonly http: {
    readonly port: number
    /** Addresses to listen on; the second one may be missing on this machine. */
    readonly hosts: readonly [string, ...string[]]
    /** null: `http://localhost:<port>`, known once the port is. Never ends with a slash. */
    readonly publicUrl: string | null
    readonly trustedProxies: readonly IpRange[]
  }
  /** Holds the embedded database and the secrets. Absolute. */
  readonly dataFolder: string
  /** null: the embedded database. */
  readonly database: DatabaseConnection | null
  /** 32 bytes; null: made at the first start, kept in the data folder. */
  readonly secret: Buffer | null
  readonly firstStart: FirstStartConfig
  readonly retentionDays: number
  /** Per project, 0 for no limit. */
  readonly eventsPerMinute: number
  /** Host names (lower case) and ranges that our own requests may reach although they are private. */
  readonly outboundAllow: { readonly hosts: readonly string[]; readonly ranges: readonly IpRange[] }
  readonly mail: { readonly smtpUrl: string; readonly from: string } | null
  /** null: nobody signs in by a provider. */
  readonly oidc: OidcConfig | null
  readonly logLevel: LogLevel
}

/** An OpenID Connect provider by which people sign in. */
export interface OidcConfig {
  /** As its discovery document says it. */
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string
  /** For people: "Sign in with ...". */
  readonly name: string
  readonly scopes: string
  /** Whether who has no account gets one. */
  readonly signUp: boolean
  /** Which claim says what somebody may do here; null: none does. */
  readonly rolesClaim: string | null
  readonly roles: readonly MappedRole[]
  /** The value of that claim that makes an owner of the instance; null: none does. */
  readonly ownersValue: string | null
}

/** What is done at the first start, and never again. */
export interface FirstStartConfig {
  readonly owner: { readonly email: string; readonly password: string; readonly token: string | null } | null
  readonly project: { readonly group: string; readonly name: string } | null
  readonly clientKey: string | null
}

export class ConfigError extends Error {
  /** Whole sentences. */
  readonly mistakes: readonly string[]

  constructor(mistakes: readonly string[]) {
    super(mistakes.join('\n'))
    this.name = 'ConfigError'
    this.mistakes = mistakes
  }
}

/** @throws ConfigError with every mistake. */
export function readConfig(environment: NodeJS.ProcessEnv = process.env): Config {
  const given = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''),
  )
  const mistakes = findUnknownVariables(Object.keys(given))
  const parsed = VARIABLES.safeParse(given)
  if (!parsed.success) {
    mistakes.push(...parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}.`))
    throw new ConfigError(mistakes)
  }
  const values = parsed.data
  mistakes.push(...findMissingCompanions(values))
  if (mistakes.length > 0) throw new ConfigError(mistakes)
  return {
    http: {
      port: values.PORT,
      hosts: values.HOST === undefined || values.HOST === 'localhost' ? ['127.0.0.1', '::1'] : [values.HOST],
      publicUrl: values.PUBLIC_URL ?? null,
      trustedProxies: values.FAULTLINE_TRUSTED_PROXIES,
    },
    dataFolder: resolve(values.FAULTLINE_DATA),
    database: values.DATABASE_URL ?? null,
    secret: values.FAULTLINE_SECRET ?? null,
    firstStart: {
      owner:
        values.FAULTLINE_OWNER_EMAIL !== undefined && values.FAULTLINE_OWNER_PASSWORD !== undefined
          ? {
              email: values.FAULTLINE_OWNER_EMAIL,
              password: values.FAULTLINE_OWNER_PASSWORD,
              token: values.FAULTLINE_OWNER_TOKEN ?? null,
            }
          : null,
      project: values.FAULTLINE_PROJECT ?? null,
      clientKey: values.FAULTLINE_CLIENT_KEY ?? null,
    },
    retentionDays: values.FAULTLINE_RETENTION_DAYS,
    eventsPerMinute: values.FAULTLINE_EVENTS_PER_MINUTE,
    outboundAllow: values.FAULTLINE_OUTBOUND_ALLOW,
    mail:
      values.SMTP_URL !== undefined && values.MAIL_FROM !== undefined
        ? { smtpUrl: values.SMTP_URL, from: values.MAIL_FROM }
        : null,
    oidc: describeProvider(values),
    logLevel: values.LOG_LEVEL,
  }
}

function describeProvider(values: z.infer<typeof VARIABLES>): OidcConfig | null {
  const { FAULTLINE_OIDC_ISSUER: issuer, FAULTLINE_OIDC_CLIENT_ID: clientId } = values
  const clientSecret = values.FAULTLINE_OIDC_CLIENT_SECRET
  if (issuer === undefined || clientId === undefined || clientSecret === undefined) return null
  return {
    issuer,
    clientId,
    clientSecret,
    name: values.FAULTLINE_OIDC_NAME ?? new URL(issuer).host,
    scopes: values.FAULTLINE_OIDC_SCOPES,
    signUp: values.FAULTLINE_OIDC_SIGN_UP,
    rolesClaim: values.FAULTLINE_OIDC_ROLES_CLAIM ?? null,
    roles: values.FAULTLINE_OIDC_ROLES ?? [],
    ownersValue: values.FAULTLINE_OIDC_OWNERS ?? null,
  }
}

/** A variable whose text `read` understands; else the mistake is `<name> must be <expected>`. */
function variable<Value>(expected: string, read: (text: string) => Value | undefined) {
  return z.string().transform((text, context) => {
    const value = read(text)
    if (value !== undefined) return value
    context.addIssue({ code: 'custom', message: `must be ${expected}` })
    return z.NEVER
  })
}

function wholeNumber(min: number, max: number) {
  return variable(`a whole number from ${min} to ${max}`, (text) => {
    const number = /^\d{1,9}$/.test(text) ? Number(text) : -1
    return number >= min && number <= max ? number : undefined
  })
}

/** Text that a person could read, so that a stray line end or a pasted control character shows. */
function visible(lengthMax: number) {
  return (text: string) => (text.length <= lengthMax && text.trim() === text && !/\p{C}/u.test(text) ? text : undefined)
}

const email = (text: string) => (z.email().safeParse(text).success ? text.toLowerCase() : undefined)

const LOOPBACK: IpRange[] = [ipaddr.parseCIDR('127.0.0.0/8'), ipaddr.parseCIDR('::1/128')]

const VARIABLES = z.object({
  PORT: wholeNumber(0, 65_535).default(4000),
  HOST: variable('an IP address or a host name', (text) =>
    isIP(text) !== 0 || isHostName(text) ? text.toLowerCase() : undefined,
  ).optional(),
  PUBLIC_URL: variable('an http or https address without a path, such as https://errors.example.com', (text) => {
    const url = URL.parse(text)
    const isPlain = url?.pathname === '/' && url.search === '' && url.hash === '' && url.username === ''
    return isPlain && /^https?:$/.test(url.protocol) ? url.origin : undefined
  }).optional(),
  DATABASE_URL: z
    .string()
    .transform((text, context) => {
      try {
        return parseDatabaseUrl(text)
      } catch (error) {
        context.addIssue({ code: 'custom', message: (error as Error).message })
        return z.NEVER
      }
    })
    .optional(),
  FAULTLINE_DATA: z.string().default('./data'),
  FAULTLINE_SECRET: variable('32 bytes in base64, as `openssl rand -base64 32` prints them', (text) => {
    const bytes = /^[A-Za-z0-9+/_-]{43}=?$/.test(text) ? Buffer.from(text, 'base64') : undefined
    return bytes?.length === 32 ? bytes : undefined
  }).optional(),
  FAULTLINE_OWNER_EMAIL: variable('an e-mail address', email).optional(),
  FAULTLINE_OWNER_PASSWORD: variable('8 to 128 characters long', (text) =>
    text.length >= 8 && text.length <= 128 ? text : undefined,
  ).optional(),
  FAULTLINE_OWNER_TOKEN: variable('20 to 255 visible ASCII characters', (text) =>
    /^[\x21-\x7e]{20,255}$/.test(text) ? text : undefined,
  ).optional(),
  FAULTLINE_PROJECT: variable('a path of the form group/name, in a-z, 0-9, _ and -, not digits alone', (text) => {
    return parseProjectPath(text) ?? undefined
  }).optional(),
  FAULTLINE_CLIENT_KEY: variable('8 to 64 characters of A-Z, a-z, 0-9 and _', (text) =>
    PUBLIC_KEY.test(text) ? text : undefined,
  ).optional(),
  FAULTLINE_RETENTION_DAYS: wholeNumber(1, 3650).default(90),
  FAULTLINE_EVENTS_PER_MINUTE: wholeNumber(0, 100_000_000).default(60_000),
  FAULTLINE_TRUSTED_PROXIES: variable('addresses and CIDR ranges, separated by commas', (text) => {
    const ranges = splitList(text).map(parseIpRange)
    return ranges.every((range) => range !== null) ? (ranges as IpRange[]) : undefined
  }).default(LOOPBACK),
  FAULTLINE_OUTBOUND_ALLOW: variable('hosts, addresses and CIDR ranges, separated by commas', (text) => {
    const allowed = { hosts: [] as string[], ranges: [] as IpRange[] }
    for (const entry of splitList(text)) {
      const range = parseIpRange(entry)
      if (range !== null) allowed.ranges.push(range)
      else if (isHostName(entry)) allowed.hosts.push(entry.toLowerCase())
      else return undefined
    }
    return allowed
  }).default({ hosts: [], ranges: [] }),
  SMTP_URL: variable('an address of the form smtp://user:password@host:port', (text) => {
    const url = URL.parse(text)
    return url !== null && /^smtps?:$/.test(url.protocol) && url.hostname !== '' ? text : undefined
  }).optional(),
  MAIL_FROM: variable('an e-mail address, or a name and one as in Faultline <errors@example.com>', (text) => {
    const address = text.endsWith('>') ? text.slice(text.lastIndexOf('<') + 1, -1) : text
    return email(address) === undefined ? undefined : text
  }).optional(),
  FAULTLINE_OIDC_ISSUER: variable(
    'the https or http address that the provider calls its issuer, without /.well-known behind it',
    (text) => {
      const url = URL.parse(text)
      const isPlain = url?.search === '' && url.hash === '' && url.username === '' && !text.includes('/.well-known')
      return isPlain && /^https?:$/.test(url.protocol) ? text : undefined
    },
  ).optional(),
  FAULTLINE_OIDC_CLIENT_ID: variable(
    'what the provider calls this Faultline, 255 characters at most',
    visible(255),
  ).optional(),
  FAULTLINE_OIDC_CLIENT_SECRET: variable(
    'the secret that goes with it, 1000 characters at most',
    visible(1000),
  ).optional(),
  FAULTLINE_OIDC_NAME: variable('the provider’s name for people, 40 characters at most', visible(40)).optional(),
  FAULTLINE_OIDC_SCOPES: variable('scopes separated by blanks, with openid among them', (text) => {
    const scopes = text.split(' ').filter((scope) => scope !== '')
    const areScopes = scopes.every((scope) => /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(scope))
    return areScopes && scopes.includes('openid') ? scopes.join(' ') : undefined
  }).default('openid email profile'),
  FAULTLINE_OIDC_SIGN_UP: variable('yes or no', (text) =>
    text === 'yes' || text === 'no' ? text === 'yes' : undefined,
  ).default(true),
  FAULTLINE_OIDC_ROLES_CLAIM: variable(
    'the name of a claim, such as groups or realm_access.roles',
    visible(200),
  ).optional(),
  FAULTLINE_OIDC_ROLES: variable(
    'a list such as developers=acme:DEVELOPER, leads=acme/shop:MAINTAINER, with REPORTER, DEVELOPER, MAINTAINER or OWNER',
    (text) => parseRoleMapping(text) ?? undefined,
  ).optional(),
  FAULTLINE_OIDC_OWNERS: variable('a value of the claim, 500 characters at most', visible(500)).optional(),
  LOG_LEVEL: variable(`one of ${LOG_LEVELS.join(', ')}`, (text) => LOG_LEVELS.find((level) => level === text)).default(
    'info',
  ),
})

/** What makes no sense alone. */
function findMissingCompanions(values: z.infer<typeof VARIABLES>): string[] {
  const needs: [keyof typeof values, keyof typeof values][] = [
    ['FAULTLINE_OWNER_EMAIL', 'FAULTLINE_OWNER_PASSWORD'],
    ['FAULTLINE_OWNER_PASSWORD', 'FAULTLINE_OWNER_EMAIL'],
    ['FAULTLINE_OWNER_TOKEN', 'FAULTLINE_OWNER_EMAIL'],
    ['SMTP_URL', 'MAIL_FROM'],
    ['MAIL_FROM', 'SMTP_URL'],
    ['FAULTLINE_OIDC_ISSUER', 'FAULTLINE_OIDC_CLIENT_ID'],
    ['FAULTLINE_OIDC_ISSUER', 'FAULTLINE_OIDC_CLIENT_SECRET'],
    ['FAULTLINE_OIDC_CLIENT_ID', 'FAULTLINE_OIDC_ISSUER'],
    ['FAULTLINE_OIDC_CLIENT_SECRET', 'FAULTLINE_OIDC_ISSUER'],
    ['FAULTLINE_OIDC_NAME', 'FAULTLINE_OIDC_ISSUER'],
    ['FAULTLINE_OIDC_ROLES_CLAIM', 'FAULTLINE_OIDC_ISSUER'],
    ['FAULTLINE_OIDC_ROLES', 'FAULTLINE_OIDC_ROLES_CLAIM'],
    ['FAULTLINE_OIDC_OWNERS', 'FAULTLINE_OIDC_ROLES_CLAIM'],
  ]
  return needs
    .filter(([name, companion]) => values[name] !== undefined && values[companion] === undefined)
    .map(([name, companion]) => `${name} is set, but ${companion}, which it needs, is not.`)
}

function findUnknownVariables(names: readonly string[]): string[] {
  const known = Object.keys(VARIABLES.shape)
  return names
    .filter((name) => name.startsWith('FAULTLINE_') && !known.includes(name))
    .map((name) => {
      const nearest = known.toSorted((a, b) => countEdits(name, a) - countEdits(name, b))[0] ?? ''
      const hint = countEdits(name, nearest) <= 4 ? ` Did you mean ${nearest}?` : ''
      return `${name} is not a variable that Faultline knows.${hint}`
    })
}

/** Levenshtein's distance. */
function countEdits(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (let i = 1; i <= from.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= to.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[to.length] ?? 0
}

function splitList(text: string): string[] {
  return text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
}

function isHostName(text: string): boolean {
  // Digits and dots alone are an address that somebody mistyped.
  if (text.length > 253 || /^[\d.]+$/.test(text)) return false
  return text.split('.').every((label) => /^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/.test(label))
}
