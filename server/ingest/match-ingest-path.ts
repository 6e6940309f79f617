// Which URLs are the SDKs'. Whatever comes before `/api/<project>/<endpoint>` is let through: that serves PUBLIC_URLs
// with a path, and the two prefixes of GitLab's DSNs (README.md).

export interface IngestPath {
  endpoint: 'store' | 'envelope'
  /** Null for the old `/api/store/`, where the key alone names the project. */
  projectId: number | null
}

const PROJECT_PATH = /(?:^|\/)api\/([1-9]\d{0,8})\/(store|envelope)\/?$/
const OLD_STORE_PATH = /^\/api\/store\/?$/

/** @param url the request's target: a path, perhaps with doubled slashes, and a query. */
export function matchIngestPath(url: string): IngestPath | null {
  const queryAt = url.indexOf('?')
  let path = queryAt === -1 ? url : url.slice(0, queryAt)
  if (path.length > 512) return null
  if (path.includes('//')) path = path.replaceAll(/\/{2,}/g, '/')
  const match = PROJECT_PATH.exec(path)
  if (match?.[1] !== undefined) {
    return { endpoint: match[2] === 'store' ? 'store' : 'envelope', projectId: Number(match[1]) }
  }
  return OLD_STORE_PATH.test(path) ? { endpoint: 'store', projectId: null } : null
}
