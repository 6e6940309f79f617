// Every recorded request of a real SDK, as it was put on the socket, has to arrive: answered as that SDK expects it, told
// to whoever is subscribed, and readable with what it said.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Subscription } from '../support/api-client.ts'
import { createTestServer } from '../support/create-test-server.ts'
import type { TestServer } from '../support/create-test-server.ts'
import { readEvents } from '../support/read-events.ts'
import { listRecordings, readRecording, replayRecording } from '../support/replay.ts'

/** When the recordings were made: to a clock of today their events would be too old one day. */
const RECORDED_AT_MS = Date.parse('2026-11-22T21:30:00Z')

const RECEIVED = 'subscription ($project: ID!) { eventReceived(project: $project) { id eventId } }'

const EVENT = `
  query ($id: ID!) {
    node(id: $id) {
      ... on Event {
        level platform timestamp
        issue { title }
        exceptions { type value frames { function filename inApp } }
      }
    }
  }`

interface Event {
  level: string
  platform: string | null
  timestamp: string
  issue: { title: string }
  exceptions: { type: string | null; value: string | null; frames: unknown[] }[]
}

/** Others hold sessions, files, ..., which have tests of their own. */
function holdsEvent(name: string): boolean {
  const recording = readRecording(name)
  return /^POST \/api\/\d+\/(?:envelope|store)\//.test(recording.head) && readEvents(recording).length > 0
}

describe('recorded requests of real SDKs', () => {
  let server: TestServer
  let received: Subscription<{ eventReceived: { id: string; eventId: string } }>
  beforeAll(async () => {
    server = await createTestServer({ clock: () => RECORDED_AT_MS })
    const { project } = await server.gql<{ project: { id: string } }>('{ project(path: "acme/shop") { id } }')
    received = await server.subscribe(RECEIVED, { project: project.id })
  })
  afterAll(() => server.stop())

  it('are there', () => {
    expect(listRecordings().length).toBeGreaterThan(150)
  })

  it.each(listRecordings().filter(holdsEvent))('%s arrives', async (name) => {
    const [sent] = readEvents(readRecording(name))
    const answer = await replayRecording(name, server.url)
    expect(answer).toMatchObject({ status: 200, body: JSON.stringify({ id: sent?.eventId }) })

    const { eventReceived } = await received.find((message) => message.eventReceived.eventId === sent?.eventId)
    const { node } = await server.gql<{ node: Event }>(EVENT, { id: eventReceived.id })

    expect(node.level).toBe((sent?.level ?? 'error').toUpperCase())
    expect(node.platform).toBe(sent?.platform ?? 'other')
    expect(Math.abs(Date.parse(node.timestamp) - RECORDED_AT_MS)).toBeLessThan(4 * 60 * 60 * 1000)
    // Sent oldest first, shown the thrown one first.
    expect(node.exceptions.map(({ type, value }) => ({ type, value }))).toEqual(sent?.exceptions.toReversed())
    expect(node.exceptions.map(({ frames }) => frames.length)).toEqual(sent?.frameCounts.toReversed())
    expect(node.issue.title).not.toMatch(/^(?:<unlabeled event>)?$/)
  })
})
