// Bodies that are made from Relay's schema of events and damaged, posted to the running server: none is answered 500, nothing is
// logged as an error, nothing is kept of a request that was answered, and whatever was stored can be read whole.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Json } from '../../server/domain/event.ts'
import { createTestServer, type SeededProject, type TestServer } from '../support/create-test-server.ts'
import { CODINGS, damageBytes, damageValues } from '../support/damage.ts'
import { fuzz } from '../support/fuzz-times.ts'
import { generateEnvelope } from '../support/generate-envelope.ts'
import { generateFromSchema, type RootSchema } from '../support/generate-from-schema.ts'
import { makeEnvelope, makeEvent } from '../support/make-event.ts'
import { readWholeEvents } from '../support/read-whole-events.ts'
import { until } from '../support/until.ts'

const schema = JSON.parse(
  readFileSync(join(import.meta.dirname, '../fixtures/relay-event-schema/event.schema.json'), 'utf8'),
) as RootSchema
const damaged = damageValues(generateFromSchema(schema))

let server: TestServer
beforeAll(async () => {
  server = await createTestServer()
})
afterAll(() => server.stop())

/** @returns the statuses that were given, each once. */
async function postAll(
  bodies: fc.Arbitrary<Buffer>,
  endpoint: string,
  project: SeededProject,
  numRuns: number,
): Promise<Set<number>> {
  const statuses = new Set<number>()
  const sent = fc
    .tuple(bodies, fc.constantFrom(...CODINGS), fc.boolean())
    .chain(([body, [coding, encode], isIntact]) => {
      const encoded = encode(body)
      return isIntact
        ? fc.constant({ coding, encoded })
        : damageBytes(fc.constant(encoded)).map((bytes) => ({ coding, encoded: bytes }))
    })
  await fc.assert(
    fc.asyncProperty(sent, async ({ coding, encoded }) => {
      const response = await fetch(`${server.url}/api/${project.number}/${endpoint}/?sentry_key=${project.publicKey}`, {
        method: 'POST',
        headers: { 'Content-Encoding': coding, 'Content-Type': 'application/octet-stream' },
        body: new Uint8Array(encoded),
      })
      const text = await response.text()
      statuses.add(response.status)
      expect([200, 400, 413], text).toContain(response.status)
      expect(text).toMatch(response.status === 200 ? /^(\{("id":"[0-9a-f]{32}")?\})?$/ : /^\{"detail":".+\}$/)
    }),
    { numRuns },
  )
  return statuses
}

/** With one sound event: of few random envelopes perhaps none has another that is stored. */
async function seedProject(): Promise<SeededProject> {
  const project = await server.seed.project().withClientKey()
  await server.sendEvent(makeEvent(), project)
  return project
}

async function expectReadableAndIdle(project: SeededProject): Promise<void> {
  const stored = await readWholeEvents(server, project.path)
  expect(stored.length).toBeGreaterThan(0)
  await until(async () => {
    const metrics = await (await fetch(`${server.url}/metrics`)).text()
    return /^faultline_body_bytes_in_flight 0$/m.test(metrics) && /^faultline_events_waiting 0$/m.test(metrics)
  })
  expect((await server.sendEnvelope(makeEnvelope(makeEvent()), {}, project)).status).toBe(200)
}

it('events on /store/', { timeout: fuzz(80).timeoutMs }, async () => {
  const project = await seedProject()
  const bodies = damaged.map((event) => Buffer.from(JSON.stringify(event)))
  const statuses = await postAll(bodies, 'store', project, fuzz(80).numRuns)
  expect(statuses).toContain(200)
  expect(statuses).toContain(400)
  await expectReadableAndIdle(project)
})

it('envelopes', { timeout: fuzz(80).timeoutMs }, async () => {
  const project = await seedProject()
  const statuses = await postAll(generateEnvelope(damaged), 'envelope', project, fuzz(80).numRuns)
  expect(statuses).toContain(200)
  expect(statuses).toContain(400)
  await expectReadableAndIdle(project)
})

it('reports of browsers, and what is none', { timeout: fuzz(40).timeoutMs }, async () => {
  const project = await seedProject()
  const csp = {
    'effective-directive': 'img-src',
    'blocked-uri': 'https://a.example/',
    'document-uri': 'https://b.example',
  }
  const reports: Json[] = [
    { 'csp-report': csp },
    [{ type: 'csp-violation', body: csp }],
    { 'known-pins': [], hostname: 'a' },
    [{ type: 'network-error', url: 'https://a.example/', body: { type: 'dns.failed' } }],
  ]
  const bodies = damageValues(fc.constantFrom(...reports)).map((value) => Buffer.from(JSON.stringify(value)))
  expect(await postAll(bodies, 'security', project, fuzz(40).numRuns)).toContain(200)
  await expectReadableAndIdle(project)
})
