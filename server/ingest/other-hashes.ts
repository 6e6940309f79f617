// An event has up to two hashes. Its issue is looked up by the first alone, which nearly always has one; the other is given
// to that issue, so that events which share only the other hash find it too. Which were given already is remembered: what
// comes again and again costs a look into memory.

import type { PoolClient } from 'pg'
import { GROUPING_VERSION } from './grouping/group-event.ts'
import type { PreparedEvent } from './prepare-event.ts'
import { createRecentMap } from './recent-map.ts'

export interface OtherHashes {
  /** @param issueIds of the events, in their order. */
  give(client: PoolClient, events: readonly PreparedEvent[], issueIds: readonly (number | undefined)[]): Promise<void>
}

const REMEMBERED_MAX = 100_000
/** An issue whose frames of libraries are different each time would be given hashes without end. */
const HASHES_PER_ISSUE_MAX = 200

export function createOtherHashes(): OtherHashes {
  const given = createRecentMap<true>(REMEMBERED_MAX)
  return {
    async give(client, events, issueIds) {
      const wanted = new Map<string, { projectId: number; hash: string; issueId: number }>()
      for (const [index, { projectId, otherHash }] of events.entries()) {
        const issueId = issueIds[index]
        if (otherHash === null || issueId === undefined) continue
        const key = `${projectId}:${otherHash}`
        if (given.get(key) === undefined && !wanted.has(key)) wanted.set(key, { projectId, hash: otherHash, issueId })
      }
      if (wanted.size === 0) return
      const rows = [...wanted.values()].toSorted((a, b) => a.projectId - b.projectId || (a.hash < b.hash ? -1 : 1))
      await client.query(GIVE, [
        rows.map(({ projectId }) => projectId),
        rows.map(({ hash }) => hash),
        rows.map(({ issueId }) => issueId),
        GROUPING_VERSION,
        HASHES_PER_ISSUE_MAX,
      ])
      for (const key of wanted.keys()) given.set(key, true)
    },
  }
}

const GIVE = `
INSERT INTO issue_hash (project_id, hash, issue_id, version)
SELECT i.project_id, i.hash, i.issue_id, $4
FROM unnest($1::int[], $2::uuid[], $3::int[]) AS i (project_id, hash, issue_id)
WHERE (SELECT count(*) FROM issue_hash h WHERE h.project_id = i.project_id AND h.issue_id = i.issue_id) < $5
ON CONFLICT DO NOTHING`
