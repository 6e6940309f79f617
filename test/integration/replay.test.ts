// Every recorded request of a real SDK, as it was put on the socket, has to arrive: answered as that SDK expects it, told
// to whoever is subscribed, and readable with what it said. test/sdk/README.md tells where the recordings come from.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { watchArrivals } from '../support/arrivals.ts'
import type { Arrivals } from '../support/arrivals.ts'
import { createTestServer } from '../support/create-test-server.ts'
import type { TestServer } from '../support/create-test-server.ts'
import { expectedAnswer, readRequest } from '../support/read-request.ts'
import { listRecordings, readRecording, replayRecording } from '../support/replay.ts'

/** When the last of the recordings was made: to a clock of today their events would be too old one day. */
const RECORDED_AT_MS = Date.parse('2026-11-22T21:55:00Z')

/** `sentry-go-0.50.0` of `sentry-go-0.50.0-exception-01.http`. */
const groups = Map.groupBy(listRecordings(), (name) => /^.+?-\d+\.\d+\.\d+/.exec(name)?.[0] ?? '')

it('recordings of real SDKs are there', () => {
  expect(groups.size).toBeGreaterThan(15)
})

describe.each([...groups])('recorded requests of %s', (_sdk, names) => {
  let server: TestServer
  let arrivals: Arrivals
  beforeAll(async () => {
    server = await createTestServer({ clock: () => RECORDED_AT_MS })
    arrivals = await watchArrivals({ ...server, api: server })
  })
  afterAll(() => server.stop())

  it.each(names)('%s arrives', async (name) => {
    const request = readRequest(readRecording(name))
    const expected = expectedAnswer(request)
    const answer = await replayRecording(name, server.url)
    expect(answer.status, answer.body).toBe(expected.status)
    if (expected.body !== undefined) expect(JSON.parse(answer.body)).toEqual(expected.body)
    await arrivals.check(request)
  })

  it('are counted as what they became', () => arrivals.checkWhole())
})
