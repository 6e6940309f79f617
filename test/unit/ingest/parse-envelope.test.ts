import { describe, expect, it } from 'vitest'
import { parseEnvelope } from '../../../server/ingest/parse-envelope.ts'
import { IngestError } from '../../../server/ingest/ingest-error.ts'

const ID = '9ec79c33ec9942ab8353589fcb2e04dc'

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

// Numbered as the parser vectors that Relay's own tests gave rise to.
describe('parseEnvelope', () => {
  it('1: takes a header alone', () => {
    expect(parse('{}')).toEqual({ header: {}, items: [] })
  })
  it('2: takes a header and its newline alone', () => {
    expect(parse('{}\n')).toEqual({ header: {}, items: [] })
  })
  it('3: refuses an empty body', () => {
    expect(refusalOf('')).toEqual({ status: 400, causes: [] })
  })
  it('4: ends an item without length at the end of the body', () => {
    const { header, items } = parse(`{"event_id":"${ID}"}\n{"type":"event"}\n{"message":"x"}`)
    expect(header).toEqual({ event_id: ID })
    expect(items).toEqual([['event', '{"message":"x"}']])
  })
  it('5: ends an item without length at its newline', () => {
    expect(parse(`{"event_id":"${ID}"}\n{"type":"event"}\n{"message":"x"}\n`).items).toEqual([
      ['event', '{"message":"x"}'],
    ])
  })
  it('6: takes an item by its length', () => {
    expect(parse('{}\n{"type":"event","length":15}\n{"message":"x"}').items).toEqual([['event', '{"message":"x"}']])
  })
  it('7: refuses an item that goes on after its length', () => {
    expect(refusalOf('{}\n{"type":"event","length":14}\n{"message":"x"}\n')).toEqual({
      status: 400,
      causes: ['missing newline after header or payload'],
    })
  })
  it('8: refuses an item that is shorter than its length', () => {
    expect(refusalOf('{}\n{"type":"event","length":99}\n{"message":"x"}')).toEqual({
      status: 400,
      causes: ['unexpected end of file'],
    })
  })
  it('9: takes payloads that are empty or hold newlines', () => {
    const { items } = parse(
      `{"event_id":"${ID}"}\n{"type":"attachment","length":0,"filename":"e.txt"}\n\n` +
        '{"type":"attachment","length":4,"filename":"b"}\na\n\nb',
    )
    expect(items).toEqual([
      ['attachment', ''],
      ['attachment', 'a\n\nb'],
    ])
  })
  it('10: takes empty items without length', () => {
    expect(parse(`{"event_id":"${ID}"}\n{"type":"attachment"}\n\n{"type":"attachment"}`).items).toEqual([
      ['attachment', ''],
      ['attachment', ''],
    ])
  })
  it('11: keeps an item of a type it does not know', () => {
    expect(parse('{}\n{"type":"invalid_unknown"}\n{}').items).toEqual([['invalid_unknown', '{}']])
  })
  it('17: refuses a header that is no JSON object', () => {
    for (const header of ['[]\n', 'not json', '"x"\n', 'null\n']) {
      expect(refusalOf(header)).toEqual({ status: 400, causes: ['invalid envelope header'] })
    }
  })
  it('18: skips blank lines before headers and at the end', () => {
    expect(parse('{}\n\n{"type":"client_report"}\n{"discarded_events":[]}\n\n').items).toEqual([
      ['client_report', '{"discarded_events":[]}'],
    ])
  })
  it('19: leaves payloads that are no UTF-8 as they are', () => {
    const body = Buffer.concat([Buffer.from('{}\n{"type":"event","length":3}\n'), Buffer.from([0xff, 0x0a, 0xfe])])
    expect(parseEnvelope(body).items[0]?.payload).toEqual(Buffer.from([0xff, 0x0a, 0xfe]))
  })
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
