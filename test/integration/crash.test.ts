// A 200 is a promise. Whatever is killed at whatever moment, after the restart every event that was answered with 200 is
// there, once, and every issue counts exactly the events it has.

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createApiClient } from '../support/api-client.ts'
import { startLoad } from '../support/start-load.ts'
import { makeDataFolder, PROCESS_TOKEN, removeDataFolder, startServerProcess } from '../support/start-server-process.ts'
import type { ServerProcess } from '../support/start-server-process.ts'
import { until } from '../support/until.ts'

const EVENTS = `
  query ($issue: ID!, $after: String) {
    issue(id: $issue) { events(first: 100, after: $after) { nodes { eventId } pageInfo { hasNextPage endCursor } } }
  }`

interface EventPage {
  nodes: { eventId: string }[]
  pageInfo: { hasNextPage: boolean; endCursor: string | null }
}

/** @returns the ids stored, by the type of their issue, after checking each issue's count. */
async function readStored(server: ServerProcess): Promise<Map<string, string[]>> {
  const api = createApiClient(server.url, PROCESS_TOKEN)
  const { project } = await api.gql<{
    project: { issues: { nodes: { id: string; type: string; eventCount: number }[] } }
  }>('{ project(path: "acme/shop") { issues(first: 100, status: null) { nodes { id type eventCount } } } }')
  const stored = new Map<string, string[]>()
  for (const issue of project.issues.nodes) {
    const ids: string[] = []
    for (let after: string | null = null, hasNextPage = true; hasNextPage;) {
      const page: EventPage = (await api.gql<{ issue: { events: EventPage } }>(EVENTS, { issue: issue.id, after }))
        .issue.events
      ids.push(...page.nodes.map((node) => node.eventId))
      after = page.pageInfo.endCursor
      hasNextPage = page.pageInfo.hasNextPage
    }
    expect(ids).toHaveLength(issue.eventCount)
    expect(stored.has(issue.type)).toBe(false)
    stored.set(issue.type, ids)
  }
  return stored
}

async function expectPromisesKept(server: ServerProcess, promised: ReadonlyMap<string, string>): Promise<void> {
  const stored = await readStored(server)
  const all = [...stored.values()].flat()
  expect(new Set(all).size).toBe(all.length)
  const issueOf = new Map([...stored].flatMap(([type, ids]) => ids.map((id) => [id, type] as const)))
  const broken = [...promised].filter(([id, type]) => issueOf.get(id) !== type)
  expect(broken).toEqual([])
}

describe('kill -9 under load', () => {
  let dataFolder: string
  let server: ServerProcess
  beforeEach(async () => {
    dataFolder = makeDataFolder()
    server = await startServerProcess({ dataFolder })
  })
  afterEach(async () => {
    await server.stop()
    removeDataFolder(dataFolder)
  })

  it.each([150, 400])('of Node alone, after %i answers, breaks no promise', async (answers) => {
    const load = startLoad(server)
    await until(() => load.promised.size >= answers, { withinMs: 30_000, what: `${answers} answers` })
    await server.kill()
    await load.stop()
    server = await startServerProcess({ dataFolder })
    await expectPromisesKept(server, load.promised)
  })

  it('of Node and PostgreSQL together breaks no promise', async () => {
    const load = startLoad(server)
    await until(() => load.promised.size >= 300, { withinMs: 30_000, what: '300 answers' })
    // PostgreSQL leads a group of its own: all of its processes go at once, as in a power cut.
    process.kill(-server.postmasterPid(), 'SIGKILL')
    await server.kill()
    await load.stop()
    server = await startServerProcess({ dataFolder })
    await expectPromisesKept(server, load.promised)
  })

  it('of PostgreSQL alone is survived, and breaks no promise', async () => {
    const load = startLoad(server)
    await until(() => load.promised.size >= 300, { withinMs: 30_000, what: '300 answers' })
    process.kill(server.postmasterPid(), 'SIGKILL')
    const before = load.promised.size
    // Faultline starts it again by itself, and what comes then is taken.
    await until(() => load.promised.size >= before + 200, { withinMs: 45_000, what: 'answers after the crash' })
    await load.stop()
    await expectPromisesKept(server, load.promised)
  })
})

describe('a graceful end', () => {
  it('answers what is in flight, keeps it, and exits with 0', async () => {
    const dataFolder = makeDataFolder()
    let server = await startServerProcess({ dataFolder })
    const load = startLoad(server)
    await until(() => load.promised.size >= 200, { withinMs: 30_000, what: '200 answers' })
    expect(await server.stop()).toBe(0)
    await load.stop()
    server = await startServerProcess({ dataFolder })
    await expectPromisesKept(server, load.promised)
    expect(await server.stop()).toBe(0)
    removeDataFolder(dataFolder)
  })
})
