// Crash reports are bytes from strangers: whatever they are, they are read or refused, never a crash of ours.

import { inflateSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { IngestError } from '../../../server/ingest/ingest-error.ts'
import { isMinidump, parseMinidump } from '../../../server/ingest/parse-minidump.ts'
import { parseUnrealContext, parseUnrealFiles } from '../../../server/ingest/parse-unreal.ts'
import { readCrashForm } from '../../../server/ingest/read-crash-form.ts'
import { cleanFileName, readContentType } from '../../../server/ingest/read-attachment.ts'
import { makeMinidump, makeUnrealReport, UNREAL_CONTEXT } from '../../support/make-crash.ts'

/** Some bytes of it are others. */
function damage(bytes: Buffer, changes: readonly [at: number, byte: number][]): Buffer {
  const damaged = Buffer.from(bytes)
  for (const [at, byte] of changes) damaged[at % damaged.length] = byte
  return damaged
}
const changes = fc.array(fc.tuple(fc.nat(2_000), fc.integer({ min: 0, max: 255 })), { maxLength: 20 })

describe('a minidump', () => {
  it.each([
    ['Linux', { platform: 0x8201, code: 11 }, 'SIGSEGV', 'Linux'],
    ['Windows', { platform: 2, code: 0xc00000fd }, 'EXCEPTION_STACK_OVERFLOW', 'Windows'],
    ['macOS', { platform: 0x8101, code: 1 }, 'EXC_BAD_ACCESS', 'macOS'],
    ['an unknown system', { platform: 77, code: 0x1234 }, '0x00001234', null],
  ])('of %s tells why it crashed', (_system, options, crashReason, os) => {
    expect(parseMinidump(makeMinidump(options))).toMatchObject({ crashReason, os, module: 'libshop.so' })
  })

  it('is read however damaged it is', () => {
    fc.assert(
      fc.property(changes, (damages) => {
        const dump = damage(makeMinidump(), damages)
        if (isMinidump(dump)) parseMinidump(dump)
      }),
    )
  })
})

describe('a report of Unreal Engine', () => {
  const report = inflateSync(makeUnrealReport({ 'CrashContext.runtime-xml': UNREAL_CONTEXT, 'a.log': 'x' }))

  it('is read or refused however damaged it is', () => {
    fc.assert(
      fc.property(changes, fc.nat(report.length), (damages, length) => {
        try {
          parseUnrealFiles(damage(report, damages).subarray(0, length))
        } catch (error) {
          expect(error).toBeInstanceOf(IngestError)
        }
      }),
    )
  })

  it('has a context of which each element is read as text', () => {
    expect(parseUnrealContext(UNREAL_CONTEXT)).toMatchObject({
      crashType: 'Assert',
      loginId: '7a1b',
      platform: 'Windows',
    })
    expect(parseUnrealContext('<CrashType>open')).toMatchObject({ crashType: null })
    expect(parseUnrealContext('<ErrorMessage>&amp;lt;</ErrorMessage>').errorMessage).toBe('&lt;')
  })
})

describe('the form beside a minidump', () => {
  it('may name what every object has, and changes none of it', () => {
    const event = readCrashForm([
      ['sentry[__proto__][polluted]', 'yes'],
      ['sentry[constructor][prototype][polluted]', 'yes'],
      ['__proto__', 'text'],
    ])
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
    expect(JSON.parse(JSON.stringify(event))).toMatchObject({ constructor: { prototype: { polluted: 'yes' } } })
  })

  it('that is no JSON is left out', () => {
    expect(readCrashForm([['sentry', '{"release":']])).toEqual({ extra: {} })
  })
})

describe("an attachment's name and content type", () => {
  it('are never a path, never empty, and bounded', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
        const name = cleanFileName(text)
        expect(name).not.toBe('')
        expect(name).not.toMatch(/[/\\\p{Cc}]/u)
        expect([...name].length).toBeLessThanOrEqual(200)
      }),
    )
  })

  it.each([
    ['image/png; charset=x', 'a.txt', 'image/png'],
    ['text/html\r\nX-Evil: 1', 'a.log', 'text/plain'],
    [undefined, 'a.JPG', 'image/jpeg'],
    ['application/octet-stream', 'a', 'application/octet-stream'],
  ])('%j of %s is %s', (value, name, expected) => {
    expect(readContentType(value, name)).toBe(expected)
  })
})
