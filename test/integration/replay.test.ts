// Every recorded request of a real SDK, as it was put on the socket, has to arrive: answered as that SDK expects it, told
// to whoever is subscribed, and readable with what it said. test/sdk/README.md tells where the recordings come from.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeRecorded } from '../sdk/run/describe-recorded.ts'
import { isOf, readRecorded } from '../sdk/run/recorded.ts'
import type { Recorded } from '../sdk/run/recorded.ts'
import { watchArrivals } from '../support/arrivals.ts'
import type { Arrivals } from '../support/arrivals.ts'
import { checkStory } from '../support/check-story.ts'
import { createTestServer } from '../support/create-test-server.ts'
import type { TestServer } from '../support/create-test-server.ts'
import { expectedAnswer, readRequest } from '../support/read-request.ts'
import { listRecordings, readRecording, replayRecording } from '../support/replay.ts'

/** When those were recorded of which the list says nothing. To a clock of today they would be too old one day. */
const BEFOREHAND = '2026-11-22T21:58:00.000Z'

interface Group {
  /** `sentry-go-0.50.0` */
  name: string
  recordedAt: string
  files: string[]
  /** null: it tells another story. */
  recorded: Recorded | null
}

function groupRecordings(): Group[] {
  const list = readRecorded()
  const groups = new Map<string, Group>()
  for (const file of listRecordings()) {
    const name = /^.+?-\d+\.\d+\.\d+/.exec(file)?.[0] ?? ''
    const recorded = list.find((recorded) => recorded.cases.some((told) => isOf(file, recorded, told)))
    const recordedAt = recorded?.recordedAt ?? BEFOREHAND
    const key = `${name} ${recordedAt}`
    const group = groups.get(key) ?? { name, recordedAt, files: [], recorded: null }
    group.files.push(file)
    group.recorded ??= recorded ?? null
    groups.set(key, group)
  }
  return [...groups.values()]
}

const groups = groupRecordings()

it('recordings of real SDKs are there', () => {
  expect(groups.length).toBeGreaterThan(15)
})

it('docs/sdks.md says what was recorded', () => {
  expect(readFileSync(join(import.meta.dirname, '../../docs/sdks.md'), 'utf8')).toBe(describeRecorded(readRecorded()))
})

describe.each(groups)('requests of $name, recorded at $recordedAt', ({ recordedAt, files, recorded }) => {
  let server: TestServer
  let arrivals: Arrivals
  beforeAll(async () => {
    server = await createTestServer({ clock: () => Date.parse(recordedAt) })
    arrivals = await watchArrivals({ ...server, api: server })
  })
  afterAll(() => server.stop())

  it.each(files)('%s arrives', async (file) => {
    const request = readRequest(readRecording(file))
    const expected = expectedAnswer(request)
    const answer = await replayRecording(file, server.url)
    expect(answer.status, answer.body).toBe(expected.status)
    if (expected.body !== undefined) expect(JSON.parse(answer.body)).toEqual(expected.body)
    await arrivals.check(request)
  })

  it('are counted as what they became', () => arrivals.checkWhole())

  it.each(recorded?.cases ?? [])('tell of %s', async (told) => {
    const requests = files.filter((file) => isOf(file, recorded!, told)).map((file) => readRequest(readRecording(file)))
    await checkStory(arrivals, told, requests, recorded!)
  })
})
