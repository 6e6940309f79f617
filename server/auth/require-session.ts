import type { FastifyRequest } from 'fastify'
import { AppError } from '../errors.ts'
import type { Auth } from './auth.ts'
import type { KnownSession } from './sessions.ts'

/** @throws AppError UNAUTHENTICATED for who is not signed in by cookie. */
export async function requireSession(auth: Auth, request: FastifyRequest): Promise<KnownSession> {
  const session = await auth.sessions.find(request.headers.cookie)
  if (session === null) throw new AppError('UNAUTHENTICATED', 'Sign in first.')
  return session
}
