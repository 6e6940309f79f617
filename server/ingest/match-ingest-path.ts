// Which URLs are the SDKs'. Whatever comes before `/api/<project>/<endpoint>` is let through: that serves PUBLIC_URLs
// with a path, and the two prefixes of GitLab's DSNs (README.md).

import { ENDPOINTS, PROJECTLESS_ENDPOINTS, type Endpoint } from './endpoints.ts'
import { createRecentMap } from './recent-map.ts'

export interface IngestPath {
  endpoint: Endpoint
  /** Null for `/api/store/` and `/api/envelope/`, where the key or the envelope names the project. */
  projectId: number | null
  params: { readonly [name: string]: string | undefined }
}

const PROJECT_PATH = /(?:^|\/)api\/([1-9]\d{0,8})\/([^?]{1,256}?)\/?$/
const PROJECTLESS_PATH = /(?:^|\/)api\/(store|envelope)\/?$/
const NO_PARAMS = {}

/** A client asks for the same URL each time, and so does everybody with its DSN. */
const KNOWN_MAX = 2_000
const KNOWN_CHARS_MAX = 256
const known = createRecentMap<IngestPath | null>(KNOWN_MAX)

/** @param url the request's target: a path, perhaps with doubled slashes, and a query. */
export function matchIngestPath(url: string): IngestPath | null {
  if (url.length > KNOWN_CHARS_MAX) return matchNewPath(url)
  const hit = known.get(url)
  if (hit !== undefined) return hit
  const found = matchNewPath(url)
  known.set(url, found)
  return found
}

function matchNewPath(url: string): IngestPath | null {
  const queryAt = url.indexOf('?')
  let path = queryAt === -1 ? url : url.slice(0, queryAt)
  if (path.length > 512) return null
  if (path.includes('//')) path = path.replaceAll(/\/{2,}/g, '/')
  const match = PROJECT_PATH.exec(path)
  if (match !== null) return findEndpoint(ENDPOINTS, match[2] as string, Number(match[1]))
  const projectless = PROJECTLESS_PATH.exec(path)
  return projectless === null ? null : findEndpoint(PROJECTLESS_ENDPOINTS, projectless[1] as string, null)
}

function findEndpoint(endpoints: readonly Endpoint[], rest: string, projectId: number | null): IngestPath | null {
  for (const endpoint of endpoints) {
    const match = endpoint.path.exec(rest)
    if (match !== null) return { endpoint, projectId, params: match.groups ?? NO_PARAMS }
  }
  return null
}
