// What is asked of GraphQL to see what became of what an SDK sent, and how it answers.

import type { ShownEvent } from './describe-event.ts'

export const PROJECT_PATH = 'acme/shop'

export interface ArrivedEvent extends ShownEvent {
  title: string
  timestamp: string
  issue: { title: string }
  tags: { key: string; value: string }[]
  extra: Record<string, unknown>
  attachments: { name: string; size: number; contentType: string; downloadPath: string }[]
  trace: { traceId: string; transactions: ArrivedTransaction[] } | null
}

interface ArrivedTransaction {
  eventId: string
  name: string
  op: string | null
  status: string | null
  durationMs: number | null
}

export interface ArrivedFeedback {
  eventId: string | null
  name: string | null
  email: string | null
  comments: string
}

export interface OutcomeCount {
  outcome: string
  reason: string | null
  category: string
  quantity: number
}

/** With the sessions of it that were counted. */
export interface ArrivedRelease {
  version: string
  environment: string | null
  sessions: number
  healthy: number
  errored: number
  crashed: number
  unhandled: number
  abnormal: number
}

export const RECEIVED = 'subscription ($project: ID!) { eventReceived(project: $project) { id eventId } }'

export const EVENT = `
  query ($id: ID!) {
    node(id: $id) {
      ... on Event {
        level platform timestamp release environment message title extra
        issue { title }
        exceptions { type value frames { function lineno } }
        threads { frames { function lineno } }
        breadcrumbs { category level message }
        user { id email username }
        sdk { name version }
        tags { key value }
        attachments { name size contentType downloadPath }
        trace { traceId transactions { eventId name op status durationMs } }
      }
    }
  }`

export const FEEDBACK = `
  query ($path: String!) { project(path: $path) { feedback(first: 20) { nodes { eventId name email comments } } } }`

export interface ArrivedMonitor {
  slug: string
  environments: { name: string; nextExpectedAt: string | null; checkIns: { id: string; status: string }[] }[]
}

export const MONITORS = `
  query ($path: String!) { project(path: $path) { monitors {
    slug environments { name nextExpectedAt checkIns { id status } } } } }`

export const OUTCOMES = `
  query ($path: String!) { project(path: $path) { outcomes { outcome reason category quantity } } }`

export const RELEASES = `
  query ($path: String!) {
    project(path: $path) {
      releases(first: 100) { nodes { version environment sessions healthy errored crashed unhandled abnormal } }
    }
  }`
