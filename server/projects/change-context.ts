// Who changes something, and what is needed for it. GraphQL's context is one; so is what a REST request makes.

import type { Actor } from '../auth/audit.ts'
import type { Viewer } from '../auth/viewer.ts'
import type { Database } from '../database/client.ts'
import type { Publish } from '../domain/change.ts'

export interface ChangeContext {
  database: Database
  viewer: Viewer | null
  /** For the audit log. */
  actor: Actor
  publish: Publish
  /** Milliseconds since the epoch. */
  now: () => number
}
