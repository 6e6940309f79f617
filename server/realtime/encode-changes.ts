// The text of a NOTIFY: the sender's id and its changes, a line each. PostgreSQL takes less than 8,000 bytes at once.

import type { Change, IssueChangeKind } from '../domain/change.ts'
import { ISSUE_CHANGE_KINDS } from '../domain/change.ts'

const PAYLOAD_BYTES_MAX = 7_900

/** Equal for equal changes. Ids, days and kinds hold neither blanks nor line ends. */
export function formatChange(change: Change): string {
  switch (change.type) {
    case 'event':
      return `e ${change.key.projectId} ${change.key.day} ${change.key.eventId} ${change.issueId}`
    case 'issue':
      return `i ${change.projectId} ${change.issueId} ${change.kind}`
    case 'deletion':
      return `d ${change.projectId} ${change.issueId}`
    case 'project':
      return `p ${change.projectId}`
    case 'access':
      return 'a'
  }
}

export function encodeChanges(processId: string, changes: readonly Change[]): string[] {
  const payloads: string[] = []
  let payload = processId
  for (const change of changes) {
    const line = formatChange(change)
    if (payload.length + 1 + line.length > PAYLOAD_BYTES_MAX) {
      payloads.push(payload)
      payload = processId
    }
    payload += `\n${line}`
  }
  if (payload !== processId) payloads.push(payload)
  return payloads
}

/** @returns nothing for what `processId` sent itself. Lines of a newer version that are not understood are left out. */
export function decodeChanges(processId: string, payload: string): Change[] {
  const [sender, ...lines] = payload.split('\n')
  if (sender === processId) return []
  return lines.map(parseChange).filter((change) => change !== null)
}

function parseChange(line: string): Change | null {
  if (line === 'a') return { type: 'access' }
  const [type, project, ...rest] = line.split(' ')
  const projectId = Number(project)
  if (!Number.isInteger(projectId)) return null
  if (type === 'p') return { type: 'project', projectId }
  if (type === 'i') {
    const [issueId, kind] = rest
    if (issueId === undefined || !ISSUE_CHANGE_KINDS.includes(kind as IssueChangeKind)) return null
    return { type: 'issue', projectId, issueId, kind: kind as IssueChangeKind }
  }
  if (type === 'd') return rest[0] === undefined ? null : { type: 'deletion', projectId, issueId: rest[0] }
  const [day, eventId, issueId] = rest
  if (type !== 'e' || day === undefined || eventId === undefined || issueId === undefined) return null
  return { type: 'event', key: { projectId, day, eventId }, issueId }
}
