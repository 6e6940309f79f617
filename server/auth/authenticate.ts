// Who asks? A token, in `Authorization: Bearer` or `PRIVATE-TOKEN`, wins over the cookie, and one that is wrong is an
// error: an API client that mistyped its token must not be taken for the person in the browser beside it, nor for nobody.

import { AppError } from '../errors.ts'
import type { AccessTokens } from './access-tokens.ts'
import type { Sessions } from './sessions.ts'
import type { Viewer } from './viewer.ts'

/** Of a node request (names in lower case), or of a fetch Request. */
type RequestHeaders = Record<string, string | string[] | undefined> | Headers

interface AuthenticatedRequest {
  headers: RequestHeaders
  /** Path and query. */
  url?: string | undefined
}

interface AuthenticateOptions {
  /**
   * Takes `private_token` in the query too, as GitLab's API does. Not for other ways in: addresses end up in the logs of
   * proxies and in the history of browsers.
   */
  tokenInQuery?: boolean
}

export interface Authenticate {
  /** @returns null for who sent neither a token nor a cookie that is alive. @throws AppError UNAUTHENTICATED */
  authenticate(request: AuthenticatedRequest, options?: AuthenticateOptions): Promise<Viewer | null>
  /**
   * For a WebSocket: the token in the connection's parameters, whose names may be in any letter case.
   *
   * @returns null when there is none. @throws AppError UNAUTHENTICATED
   */
  authenticateConnectionParams(params: unknown): Promise<Viewer | null>
}

export function createAuthenticate(sessions: Sessions, accessTokens: AccessTokens): Authenticate {
  return {
    async authenticate({ headers, url }, { tokenInQuery = false } = {}) {
      const token =
        readBearer(readHeader(headers, 'authorization')) ??
        readHeader(headers, 'private-token') ??
        (tokenInQuery ? readQuery(url, 'private_token') : undefined)
      if (token !== undefined) return accessTokens.authenticate(token.trim())
      return sessions.findViewer(readHeader(headers, 'cookie'))
    },

    async authenticateConnectionParams(params) {
      const authorization = readParameter(params, 'authorization')
      if (authorization !== undefined) {
        const token = readBearer(authorization)
        if (token === undefined) throw new AppError('UNAUTHENTICATED', 'Authorization has the form "Bearer <token>".')
        return accessTokens.authenticate(token.trim())
      }
      const token = readParameter(params, 'private-token')
      return token === undefined ? null : accessTokens.authenticate(token.trim())
    },
  }
}

/** @returns undefined for other schemes too: a proxy in front of us may have a password of its own (`Basic`). */
function readBearer(authorization: string | undefined): string | undefined {
  return authorization !== undefined && /^bearer(?: |$)/i.test(authorization) ? authorization.slice(7) : undefined
}

function readHeader(headers: RequestHeaders, name: string): string | undefined {
  if (headers instanceof Headers) return headers.get(name) ?? undefined
  const value = headers[name]
  return Array.isArray(value) ? value[0] : value
}

function readQuery(url: string | undefined, name: string): string | undefined {
  const query = url?.split('?', 2)[1]
  return query === undefined ? undefined : (new URLSearchParams(query).get(name) ?? undefined)
}

function readParameter(params: unknown, name: string): string | undefined {
  if (typeof params !== 'object' || params === null) return undefined
  const entry = Object.entries(params).find(([key]) => key.toLowerCase() === name)
  if (entry === undefined || entry[1] === null || entry[1] === undefined) return undefined
  if (typeof entry[1] !== 'string') throw new AppError('UNAUTHENTICATED', `${entry[0]} must be a text.`)
  return entry[1]
}
