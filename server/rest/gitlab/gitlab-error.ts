// What GitLab's API says when it refuses, in its own words: clients compare them.

import { MissingScope } from '../../auth/missing-scope.ts'
import { asAppError } from '../../errors.ts'
import { STATUS_OF } from '../../http/status-of.ts'

/** An answer that is no AppError of ours: `{"message": "404 Project Not Found"}`, `{"error": "active is missing"}`. */
export class GitlabError extends Error {
  readonly status: number
  readonly body: object

  constructor(status: number, body: { message: string } | { error: string }) {
    super(JSON.stringify(body))
    this.name = 'GitlabError'
    this.status = status
    this.body = body
  }
}

/** @param what `Project`; without it, "404 Not Found". */
export function notFound(what?: string): GitlabError {
  return new GitlabError(404, { message: what === undefined ? '404 Not Found' : `404 ${what} Not Found` })
}

export function badParameters(errors: readonly string[]): GitlabError {
  return new GitlabError(400, { error: errors.join(', ') })
}

/** @returns null for what is a bug. */
export function toGitlabError(error: unknown): { status: number; body: object } | null {
  if (error instanceof GitlabError) return error
  if (error instanceof MissingScope) {
    // GitLab names one scope, `api`, which allows all; our narrower ones are told in words.
    const body = { error: 'insufficient_scope', error_description: error.message, scope: 'api' }
    return { status: 403, body }
  }
  const told = asAppError(error)
  if (told === null) return null
  if (told.code === 'UNAUTHENTICATED') return { status: 401, body: { message: '401 Unauthorized' } }
  if (told.code === 'FORBIDDEN') return { status: 403, body: { message: '403 Forbidden' } }
  if (told.code === 'NOT_FOUND') return { status: 404, body: { message: '404 Not Found' } }
  return { status: STATUS_OF[told.code], body: { message: told.message } }
}
