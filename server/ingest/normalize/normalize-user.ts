import { isIP } from 'node:net'
import type { JsonObject, NormalizedUser } from '../../domain/event.ts'
import { isObject, toMap, toText } from './coerce.ts'
import type { Raw } from './coerce.ts'
import { limitObject, MEDIUM } from './limit-json.ts'
import type { ProblemLog } from './problem-log.ts'

const KNOWN_KEYS = new Set(['id', 'email', 'username', 'name', 'ip_address', 'data'])

/** What stands for the sender's address. */
const AUTO = '{{auto}}'

/** Platforms whose events come from the user's own machine, so that the sender's address is the user's. */
const CLIENT_PLATFORMS = new Set(['javascript', 'cocoa', 'objc'])

export interface IpSources {
  platform: string
  clientIp: string | null
  /** `request.env.REMOTE_ADDR`: whom the server that failed was talking to. */
  remoteAddr: Raw
  /** `sdk.settings.infer_ip`: `auto`, `legacy`, absent from older SDKs; whatever else it is, no address is inferred. */
  inferIp: Raw
}

export function normalizeUser(log: ProblemLog, raw: Raw, sources: IpSources): NormalizedUser | null {
  log.enter('')
  const object = toMap(log, raw, 'user')
  log.enter('user')
  const ipAddress = resolveIp(log, object?.ip_address, sources)
  if (object === null) {
    return ipAddress === null ? null : { id: null, email: null, username: null, name: null, ipAddress, data: null }
  }
  const user: NormalizedUser = {
    id: toText(log, object.id, 'id', 128),
    email: toText(log, object.email, 'email', 75),
    username: toText(log, object.username, 'username', 128),
    name: toText(log, object.name, 'name', 128),
    ipAddress,
    data: collectData(log, object),
  }
  const isEmpty =
    user.id === null && user.email === null && user.username === null && user.name === null && user.ipAddress === null
  return isEmpty && user.data === null ? null : user
}

/** `data`, and every attribute that is none of ours. */
function collectData(log: ProblemLog, object: JsonObject): JsonObject | null {
  let data: JsonObject | null = isObject(object.data) ? object.data : null
  for (const key in object) {
    if (KNOWN_KEYS.has(key) || key === '__proto__') continue
    const value = object[key]
    if (value === undefined || value === null) continue
    data ??= {}
    if (!Object.hasOwn(data, key)) data[key] = value
  }
  if (data === null) return null
  for (const _key in data) return limitObject(log, data, MEDIUM, 'data')
  return null
}

function resolveIp(log: ProblemLog, raw: Raw, sources: IpSources): string | null {
  if (raw !== undefined && raw !== null && raw !== '' && raw !== AUTO) {
    if (typeof raw === 'string' && isIP(raw) !== 0) return raw
    log.invalid('ip_address', raw)
  }
  const { clientIp, remoteAddr, inferIp } = sources
  const isLegacy = inferIp === undefined || inferIp === null || inferIp === 'legacy'
  if (!isLegacy && inferIp !== 'auto') return null
  if (raw === AUTO && clientIp !== null) return clientIp
  if (remoteAddr === AUTO) return clientIp
  if (typeof remoteAddr === 'string' && isIP(remoteAddr) !== 0) return remoteAddr
  return isLegacy && !CLIENT_PLATFORMS.has(sources.platform) ? null : clientIp
}
