// What a resolver may use, made anew for each operation (and for each message of a subscription).

import type { IncomingMessage } from 'node:http'
import type { Logger } from '../log.ts'
import type { Actor } from '../auth/audit.ts'
import type { Auth } from '../auth/auth.ts'
import type { Viewer } from '../auth/viewer.ts'
import type { Database } from '../database/client.ts'
import type { Purge } from '../database/purge.ts'
import type { Publish } from '../domain/change.ts'
import type { Mail } from '../mail/mail.ts'
import type { Realtime } from '../realtime/realtime.ts'
import type { TrackerOf } from '../trackers/choose-tracker.ts'
import { createLoaders, type Loaders } from './loaders.ts'

/** The parts of the process that GraphQL stands on; app.ts gives them. */
export interface GraphqlDeps {
  database: Database
  auth: Pick<
    Auth,
    | 'authenticate'
    | 'authenticateConnectionParams'
    | 'isOwnOrigin'
    | 'accessTokens'
    | 'owner'
    | 'invitations'
    | 'oidc'
    | 'passwordLinks'
    | 'twoFactor'
  >
  mail: Pick<Mail, 'isOn' | 'send'>
  realtime: Realtime
  publish: Publish
  purge: Pick<Purge, 'runBriefly'>
  /** Where a request comes from, with trusted proxies seen through. */
  clientAddress: (request: IncomingMessage) => string
  trackerOf: TrackerOf
  log: Logger
  /** For DSNs: no slash at its end. Read when it is used, since the port may be known only after the start. */
  publicUrl: () => string
  version: string
  /** What holds for projects that set nothing of their own. */
  instance: { retentionDays: number; eventsPerMinute: number }
  /** Milliseconds since the epoch. */
  clock?: () => number
}

export interface Context extends GraphqlDeps {
  viewer: Viewer | null
  /** Who the caller is by now: null after a sign-out or when the token was revoked. */
  currentViewer: () => Promise<Viewer | null>
  /** For the audit log. */
  actor: Actor
  loaders: Loaders
  /** For subscriptions, whose context outlives one message. */
  sharedLoaders: Loaders
  now: () => number
  openSubscriptions: Set<OpenSubscription>
}

export type SharedContext = Pick<Context, 'sharedLoaders' | 'openSubscriptions'>

interface OpenSubscription {
  /** When the process stops. */
  end(): unknown
  /** Ends it if its subscriber may not read on, after a change of access. */
  recheck(): unknown
}

export interface Caller {
  viewer: Viewer | null
  /** The client's. */
  address: string
  currentViewer: () => Promise<Viewer | null>
}

/** @param shared what all operations of the process have in common. */
export function createContext(deps: GraphqlDeps, shared: SharedContext, caller: Caller): Context {
  const { viewer, currentViewer, address } = caller
  const actor = { viewer, address }
  return { ...deps, ...shared, viewer, currentViewer, actor, loaders: createLoaders(deps), now: deps.clock ?? Date.now }
}
