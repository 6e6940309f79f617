import { describe, expect, it } from 'vitest'
import { parseEnvelope } from '../../../server/ingest/parse-envelope.ts'
import { IngestError } from '../../../server/ingest/ingest-error.ts'

function parse(text: string) {
  const envelope = parseEnvelope(Buffer.from(text))
  return { header: envelope.header, items: envelope.items.map(({ type, payload }) => [type, payload.toString()]) }
}

function refusalOf(text: string): { status: number; causes: readonly string[] } {
  try {
    parseEnvelope(Buffer.from(text))
  } catch (error) {
    if (error instanceof IngestError) return { status: error.status, causes: error.causes }
    throw error
  }
  throw new Error('the envelope was accepted')
}

// Relay's vectors are in integration/protocol-vectors.test.ts.
describe('parseEnvelope', () => {
  it('refuses an item header that is no JSON object', () => {
    expect(refusalOf('{}\n17\n{}')).toEqual({ status: 400, causes: ['invalid item header'] })
  })
  it('reads a length that is no whole number as none', () => {
    expect(
      parse('{}\n{"type":"event","length":"15"}\n{"message":"x"}\n{"type":"event","length":-1}\n{}').items,
    ).toEqual([
      ['event', '{"message":"x"}'],
      ['event', '{}'],
    ])
  })
  it('calls an item without a usable type unknown', () => {
    expect(parse('{}\n{"type":7}\n{}\n{}\n{}\n{"type":"a b"}\n{}').items.map(([type]) => type)).toEqual([
      'unknown',
      'unknown',
      'unknown',
    ])
  })
  it('takes headers that end in a carriage return', () => {
    expect(parse('{}\r\n{"type":"event","length":2}\r\n{}\n').items).toEqual([['event', '{}']])
  })
  it('refuses headers and numbers of items that no SDK sends', () => {
    expect(refusalOf(`{"a":"${'x'.repeat(70_000)}"}\n`).status).toBe(413)
    expect(refusalOf(`{}\n${'{"type":"event"}\n{}\n'.repeat(1_001)}`).status).toBe(413)
  })
})
