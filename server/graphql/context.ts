// What a resolver may use, made anew for each operation (and for each message of a subscription).

import type { Logger } from '../log.ts'
import type { Auth } from '../auth/auth.ts'
import type { Viewer } from '../auth/viewer.ts'
import type { Database } from '../database/client.ts'
import type { Publish } from '../domain/change.ts'
import type { Mail } from '../mail/mail.ts'
import type { Realtime } from '../realtime/realtime.ts'
import type { TrackerOf } from '../trackers/choose-tracker.ts'
import { createLoaders, type Loaders } from './loaders.ts'

/** The parts of the process that GraphQL stands on; app.ts gives them. */
export interface GraphqlDeps {
  database: Database
  auth: Pick<Auth, 'authenticate' | 'authenticateConnectionParams' | 'isOwnOrigin' | 'accessTokens' | 'owner'>
  mail: Pick<Mail, 'isOn'>
  realtime: Realtime
  publish: Publish
  trackerOf: TrackerOf
  log: Logger
  /** For DSNs: no slash at its end. Read when it is used, since the port may be known only after the start. */
  publicUrl: () => string
  version: string
  /** Milliseconds since the epoch. */
  clock?: () => number
}

export interface Context extends GraphqlDeps {
  viewer: Viewer | null
  /** Who the caller is by now: null after a sign-out or when the token was revoked. */
  currentViewer: () => Promise<Viewer | null>
  loaders: Loaders
  /** For subscriptions, whose context outlives one message. */
  sharedLoaders: Loaders
  now: () => number
  /** Ends each subscription that is open, when the process stops. */
  openSubscriptions: Set<() => unknown>
}

export type SharedContext = Pick<Context, 'sharedLoaders' | 'openSubscriptions'>

export interface Caller {
  viewer: Viewer | null
  currentViewer: () => Promise<Viewer | null>
}

/** @param shared what all operations of the process have in common. */
export function createContext(deps: GraphqlDeps, shared: SharedContext, caller: Caller): Context {
  return { ...deps, ...shared, ...caller, loaders: createLoaders(deps), now: deps.clock ?? Date.now }
}
