import type { Pool } from 'pg'
import type { TagFacet } from '../../domain/tracker.ts'
import { parseIssueIds } from './issue-row.ts'

const VALUES_MAX = 10

/** One list per issue, in the order of `issueIds`. */
export async function readTagFacets(pool: Pool, projectId: number, issueIds: readonly string[]): Promise<TagFacet[][]> {
  const { rows } = await pool.query<{ issue_id: number; key: string; value: string; count: string; total: string }>({
    name: 'tracker-tag-facets',
    // An issue has at most some thousands of these rows: 1,000 values a key.
    text: `SELECT issue_id, key, value, count, total FROM (
             SELECT issue_id, key, value, count, sum(count) OVER (PARTITION BY issue_id, key) AS total,
                    row_number() OVER (PARTITION BY issue_id, key ORDER BY count DESC, value) AS place
             FROM issue_tag WHERE project_id = $1 AND issue_id = ANY ($2)) AS ranked
           WHERE place <= ${VALUES_MAX} ORDER BY issue_id, key, place`,
    values: [projectId, parseIssueIds(issueIds)],
  })
  const byIssue = new Map<string, TagFacet[]>()
  for (const row of rows) {
    const facets = byIssue.get(String(row.issue_id)) ?? []
    if (facets.length === 0) byIssue.set(String(row.issue_id), facets)
    let facet = facets.at(-1)
    if (facet?.key !== row.key) facets.push((facet = { key: row.key, total: BigInt(row.total), values: [] }))
    facet.values.push({ value: row.value, count: BigInt(row.count) })
  }
  return issueIds.map((issueId) => byIssue.get(issueId) ?? [])
}
