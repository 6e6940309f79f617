// `npm run test:sdks`: real SDKs in programs of their own send to a real Faultline, one for each of them. What is not there
// to build or run one skips it, and says so; everything else that goes wrong is a failure.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { watchArrivals } from '../support/arrivals.ts'
import type { Arrivals } from '../support/arrivals.ts'
import { checkStory } from '../support/check-story.ts'
import { createTestServer } from '../support/create-test-server.ts'
import type { TestServer } from '../support/create-test-server.ts'
import { splitRequest } from '../support/raw-http.ts'
import { expectedAnswer, readRequest } from '../support/read-request.ts'
import type { SentRequest } from '../support/read-request.ts'
import { prepareSample, Skip } from './run/prepare-sample.ts'
import type { Exchange } from './run/recording-proxy.ts'
import { createReport } from './run/report.ts'
import { tellCase } from './run/tell-case.ts'
import { SAMPLES } from './samples.ts'
import type { CaseName } from './story.ts'

/** All builds and runs together. What is not built by then is skipped. */
const WITHIN_MS = 8 * 60_000

const deadlineMs = Date.now() + WITHIN_MS
const report = createReport({ isWritten: process.env.CI === undefined })

afterAll(() => report.finish())

describe.each(SAMPLES)('$sdk $version', (sample) => {
  const requests = new Map<CaseName, Buffer[]>()
  let server: TestServer | null = null
  let arrivals: Arrivals
  let folder = ''
  let versions: string[] = []
  let skipped = ''

  beforeAll(async () => {
    try {
      ;({ folder, versions } = await prepareSample(sample, deadlineMs))
      server = await createTestServer()
      arrivals = await watchArrivals({ ...server, api: server })
    } catch (error) {
      if (!(error instanceof Skip)) throw error
      skipped = error.message
      console.log(`${sample.sdk} ${sample.version} is skipped: ${skipped.slice(0, 1_000)}`)
    }
  }, WITHIN_MS)
  afterAll(async () => {
    report.add({ sample, requests, versions, skipped })
    await server?.stop()
  })

  it.for(sample.cases.map((name) => ({ name })))('tells of $name', async ({ name }, { skip }) => {
    if (server === null) return skip(skipped.split('\n')[0])
    const { url, project } = server
    const exchanges = await tellCase({ sample, folder, name, url, publicKey: project.publicKey })
    const sent: SentRequest[] = []
    for (const exchange of exchanges) {
      const request = readRequest(splitRequest(exchange.bytes))
      checkAnswer(request, exchange)
      await arrivals.check(request)
      sent.push(request)
    }
    await checkStory(arrivals, name, sent, sample)
    requests.set(
      name,
      exchanges.map(({ bytes }) => bytes),
    )
  })

  it('is counted as what it became', async ({ skip }) => {
    if (server === null) return skip(skipped.split('\n')[0])
    await arrivals.checkWhole()
  })
})

function checkAnswer(request: SentRequest, { answer }: Exchange): void {
  const expected = expectedAnswer(request)
  expect(answer?.status, answer?.body).toBe(expected.status)
  if (expected.body !== undefined) expect(JSON.parse(answer!.body)).toEqual(expected.body)
}
