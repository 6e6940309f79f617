// Whatever bytes come: decoding, splitting and normalising either take them or refuse them with a status, and what they give
// back is bounded by what came in. Events are made from Relay's own schema and then damaged.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { AppError } from '../../../server/errors.ts'
import { createBodyBudget } from '../../../server/ingest/body-budget.ts'
import { decodeBody } from '../../../server/ingest/decode-body.ts'
import { IngestError } from '../../../server/ingest/ingest-error.ts'
import { DECODED_BYTES_MAX, EVENT_BYTES_MAX, ITEMS_PER_ENVELOPE_MAX } from '../../../server/ingest/limits.ts'
import { parseEnvelope } from '../../../server/ingest/parse-envelope.ts'
import { readStoreBody } from '../../../server/ingest/read-store-body.ts'
import { CODINGS, damageBytes, damageValues } from '../../support/damage.ts'
import { expectStorable, processEvent } from '../../support/process-event.ts'
import { fuzz } from '../../support/fuzz-times.ts'
import { generateEnvelope } from '../../support/generate-envelope.ts'
import { generateFromSchema, type RootSchema } from '../../support/generate-from-schema.ts'

const schema = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../fixtures/relay-event-schema/event.schema.json'), 'utf8'),
) as RootSchema
const event = generateFromSchema(schema)
const damaged = damageValues(event)
const envelope = generateEnvelope(damaged)

/** @returns what it gives; null when it refuses. @throws whatever is no refusal. */
async function attempt<Value>(act: () => Value | Promise<Value>): Promise<Value | null> {
  try {
    return await act()
  } catch (error) {
    if (error instanceof IngestError) expect([400, 413, 415, 429]).toContain(error.status)
    else if (!(error instanceof AppError && error.code === 'INVALID')) throw error
    return null
  }
}

it('an event as the schema has it is taken and can be stored', { timeout: fuzz(60).timeoutMs }, () => {
  fc.assert(
    fc.property(event, (raw) => {
      const bytes = Buffer.from(JSON.stringify(raw))
      if (raw !== null && bytes.length <= EVENT_BYTES_MAX) expectStorable(processEvent(bytes), bytes.length)
    }),
    fuzz(60),
  )
})

it('an event with damaged values is taken and can be stored', { timeout: fuzz(80).timeoutMs }, async () => {
  await fc.assert(
    fc.asyncProperty(damaged, async (raw) => {
      const bytes = Buffer.from(JSON.stringify(raw))
      if (bytes.length > EVENT_BYTES_MAX) return
      const grouped = await attempt(() => processEvent(bytes))
      if (grouped !== null) expectStorable(grouped, bytes.length)
    }),
    fuzz(80),
  )
})

it('an event of damaged bytes is taken or refused', { timeout: fuzz(80).timeoutMs }, async () => {
  await fc.assert(
    fc.asyncProperty(damageBytes(event.map((raw) => Buffer.from(JSON.stringify(raw)))), async (bytes) => {
      const grouped = await attempt(() => processEvent(bytes))
      if (grouped !== null) expectStorable(grouped, bytes.length)
    }),
    fuzz(80),
  )
})

it('an envelope is split into parts of itself, or refused', { timeout: fuzz(80).timeoutMs }, async () => {
  await fc.assert(
    fc.asyncProperty(damageBytes(envelope), async (bytes) => {
      const parsed = await attempt(() => parseEnvelope(bytes))
      if (parsed === null) return
      expect(parsed.items.length).toBeLessThanOrEqual(ITEMS_PER_ENVELOPE_MAX)
      let at = bytes.byteOffset
      for (const { type, payload } of parsed.items) {
        expect(type).toMatch(/^\w{1,64}$/)
        // Views into the body, one behind the other: nothing was copied, nothing is in two items.
        expect(payload.buffer).toBe(bytes.buffer)
        expect(payload.byteOffset).toBeGreaterThanOrEqual(at)
        at = payload.byteOffset + payload.length
        expect(at).toBeLessThanOrEqual(bytes.byteOffset + bytes.length)
      }
    }),
    fuzz(80),
  )
})

it(
  'a body in any encoding is decoded within its limit and its budget, or refused',
  { timeout: fuzz(60).timeoutMs },
  async () => {
    const body = fc.oneof(
      envelope,
      event.map((raw) => Buffer.from(Buffer.from(JSON.stringify(raw)).toString('base64'))),
      fc.constantFrom(0, 1_000, 3_000_000).map((length) => Buffer.alloc(length, 'a')),
    )
    const encoded = fc
      .tuple(fc.constantFrom(...CODINGS), body)
      .map(([[coding, encode], bytes]) => ({ coding, bytes: encode(bytes) }))
    const sent = encoded.chain(({ coding, bytes }) => fc.tuple(fc.constant(coding), damageBytes(fc.constant(bytes))))
    await fc.assert(
      fc.asyncProperty(sent, fc.constantFrom(64_000, 1e9), async ([coding, bytes], budgetBytes) => {
        const budget = createBodyBudget(budgetBytes)
        const reservation = { bytes: 0 }
        const decoded = await attempt(() => decodeBody(bytes, coding, budget, reservation))
        if (decoded !== null) {
          expect(decoded.length).toBeLessThanOrEqual(DECODED_BYTES_MAX)
          const event = await attempt(() => readStoreBody(decoded, budget, reservation))
          if (event !== null) expect(event.length).toBeLessThanOrEqual(EVENT_BYTES_MAX)
        }
        // What was taken from the budget is what is given back.
        expect(budget.inUse()).toBe(reservation.bytes)
        expect(reservation.bytes).toBeLessThanOrEqual(budgetBytes)
      }),
      fuzz(60),
    )
  },
)
