// Keeps feedback, and joins it with its issue: at once when the event is there, else when this or another process tells
// that the event was stored. Of one that was counted only, over a limit, this process remembers the issue for a while.

import type { Pool } from 'pg'
import { linkFeedback, linkFeedbackTo } from '../database/link-feedback.ts'
import type { Change, Publish } from '../domain/change.ts'
import { isOutage } from './is-outage.ts'
import type { EventQuota } from './event-quota.ts'
import type { ItemFate } from './item-handler.ts'
import { createMinuteLimit } from './minute-limit.ts'
import type { ReceivedFeedback } from './read-feedback.ts'

export interface FeedbackStore {
  /** Resolves when it is committed. */
  keep(feedback: ReceivedFeedback): Promise<ItemFate>
  stop(): Promise<void>
}

export interface FeedbackStoreDependencies {
  pool: Pool
  publish: Publish
  onChanges(listener: (changes: readonly Change[]) => void): () => void
  sampledIssue: EventQuota['sampledIssue']
  log: { error(details: object, message: string): void }
}

/** Per project and process: nobody writes as much. */
const PER_MINUTE_MAX = 600
/** Feedback that waits in memory for its event. What is forgotten here is joined by a job. */
const WAITING_MAX = 10_000

export function createFeedbackStore({
  pool,
  publish,
  onChanges,
  sampledIssue,
  log,
}: FeedbackStoreDependencies): FeedbackStore {
  const limit = createMinuteLimit(PER_MINUTE_MAX)
  const waiting = new Set<string>()
  const linking = new Set<Promise<unknown>>()
  const stopListening = onChanges((changes) => {
    if (waiting.size === 0) return
    for (const change of changes) {
      if (change.type !== 'event' || !waiting.delete(nameOf(change.key))) continue
      const work = link(change.key, Date.parse(change.key.day)).catch((error: unknown) => {
        if (!isOutage(error)) log.error({ err: error }, 'feedback could not be joined with its issue')
      })
      linking.add(work)
      void work.finally(() => linking.delete(work))
    }
  })

  async function link(key: { projectId: number; eventId: string }, nowMs: number): Promise<boolean> {
    const sampledId = sampledIssue(key.projectId, key.eventId)
    const issueId =
      sampledId === undefined ? await linkFeedback(pool, key, nowMs) : await linkFeedbackTo(pool, key, sampledId)
    if (issueId === null) return false
    publish([{ type: 'issue', projectId: key.projectId, issueId: String(issueId), kind: 'UPDATED' }])
    return true
  }

  function remember(name: string): void {
    for (const oldest of waiting) {
      if (waiting.size < WAITING_MAX) break
      waiting.delete(oldest)
    }
    waiting.add(name)
  }

  return {
    async keep(feedback) {
      const { projectId, eventId, receivedAtMs } = feedback
      if (!limit.take(projectId, receivedAtMs)) return { outcome: 'dropped', reason: 'rate_limited' }
      // Before it is written, so that no event falls between the two.
      if (eventId !== null) remember(nameOf({ projectId, eventId }))
      await insertFeedback(pool, feedback)
      if (eventId !== null && (await link({ projectId, eventId }, receivedAtMs))) {
        waiting.delete(nameOf({ projectId, eventId }))
      }
      return { outcome: 'accepted' }
    },
    async stop() {
      stopListening()
      await Promise.all(linking)
    },
  }
}

function nameOf({ projectId, eventId }: { projectId: number; eventId: string }): string {
  return `${projectId}:${eventId}`
}

async function insertFeedback(pool: Pool, feedback: ReceivedFeedback): Promise<void> {
  const { projectId, id, eventId, name, email, comments, url, receivedAtMs } = feedback
  await pool.query({
    name: 'ingest-feedback',
    text: `
      INSERT INTO feedback (project_id, id, event_id, name, email, comments, url, created_at)
      VALUES ($1, $2, $3, $4, $5, $6, $7, to_timestamp($8::float8 / 1000))
      ON CONFLICT (project_id, id) DO UPDATE
      SET name = excluded.name, email = excluded.email, comments = excluded.comments, url = excluded.url`,
    values: [projectId, id, eventId, name, email, comments, url, receivedAtMs],
  })
}
