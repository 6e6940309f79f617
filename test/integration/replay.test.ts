// Every recorded request of a real SDK, as it was put on the socket, has to arrive: answered as that SDK expects it, and
// readable with what it said.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestServer } from '../support/create-test-server.ts'
import type { TestServer } from '../support/create-test-server.ts'
import { readEvents } from '../support/read-events.ts'
import { listRecordings, readRecording, replayRecording } from '../support/replay.ts'

/** When the recordings were made: to a clock of today their events would be too old one day. */
const RECORDED_AT_MS = Date.parse('2026-11-22T21:30:00Z')

const EVENT = `
  query ($id: ID!) {
    node(id: $id) {
      ... on Event {
        eventId level platform message
        exceptions { type value frames { function filename inApp } }
      }
    }
  }`

const LATEST = `
  query ($path: String!) {
    project(path: $path) {
      issues(first: 100, status: null) { nodes { title level platform events(first: 100) { nodes { id eventId } } } }
    }
  }`

interface Issue {
  title: string
  level: string
  platform: string
  events: { nodes: { id: string; eventId: string }[] }
}

interface Event {
  eventId: string
  level: string
  platform: string | null
  message: string | null
  exceptions: { type: string | null; value: string | null; frames: unknown[] }[]
}

describe('recorded requests of real SDKs', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await createTestServer({ clock: () => RECORDED_AT_MS })
  })
  afterAll(() => server.stop())

  it('are there', () => {
    expect(listRecordings().length).toBeGreaterThan(150)
  })

  it.each(listRecordings())('%s arrives', async (name) => {
    const [sent] = readEvents(readRecording(name))
    const answer = await replayRecording(name, server.url)
    expect(answer).toMatchObject({ status: 200, body: JSON.stringify({ id: sent?.eventId }) })

    const { project } = await server.gql<{ project: { issues: { nodes: Issue[] } } }>(LATEST, {
      path: server.project.path,
    })
    const issue = project.issues.nodes.find(({ events }) =>
      events.nodes.some(({ eventId }) => eventId === sent?.eventId),
    )
    const stored = issue?.events.nodes.find(({ eventId }) => eventId === sent?.eventId)
    const { node } = await server.gql<{ node: Event }>(EVENT, { id: stored?.id })

    expect(node.level).toBe((sent?.level ?? 'error').toUpperCase())
    expect(node.platform).toBe(sent?.platform ?? 'other')
    // Sent oldest first, shown the thrown one first.
    expect(node.exceptions.map(({ type, value }) => ({ type, value }))).toEqual(sent?.exceptions.toReversed())
    expect(node.exceptions.map(({ frames }) => frames.length)).toEqual(sent?.frameCounts.toReversed())
    expect(issue?.title).not.toBe('')
    expect(issue?.title).not.toContain('<unlabeled event>')
  })
})
