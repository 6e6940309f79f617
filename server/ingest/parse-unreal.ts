// Unreal Engine's crash report: a zlib stream of files one after the other, numbers in little endian.
//
//   "CR1"  directory  file name  size: i32  file count: i32        since version 4.27: one header, at the beginning
//   directory  file name  size: i32  file count: i32               before: a placeholder, and the real one at the end
//   index: i32  name  length: i32  bytes                           each file
//
// A name is its length as u32, then so many bytes, filled up with NULs.

import { IngestError } from './ingest-error.ts'

export interface UnrealFile {
  name: string
  bytes: Buffer
}

export interface UnrealContext {
  /** `Crash`, `Assert`, `Ensure`, `OutOfMemory`, `Hang`, ... */
  crashType: string | null
  errorMessage: string | null
  engineVersion: string | null
  gameName: string | null
  buildVersion: string | null
  platform: string | null
  loginId: string | null
  /** JSON of what Sentry's plugin for Unreal knows of the event, from the game's own data. */
  sentry: string | null
}

const FILES_MAX = 100
const NAME_BYTES_MAX = 4_096
const TEXT_CHARS_MAX = 8_192
const JSON_CHARS_MAX = 256 * 1024

/** @param body unpacked. @throws IngestError 400 */
export function parseUnrealFiles(body: Buffer): UnrealFile[] {
  try {
    const hasMarker = body.toString('latin1', 0, 3) === 'CR1'
    const header = skipHeader(body, hasMarker ? 3 : 0)
    const count = hasMarker ? body.readInt32LE(header - 4) : body.readInt32LE(body.length - 4)
    if (count < 0 || count > FILES_MAX) throw new RangeError(`${count} files`)
    const files: UnrealFile[] = []
    let at = header
    for (let index = 0; index < count; index += 1) {
      const name = readName(body, at + 4)
      const length = body.readInt32LE(name.end)
      const start = name.end + 4
      if (length < 0 || start + length > body.length) throw new RangeError('a file is longer than the report')
      files.push({ name: name.text, bytes: body.subarray(start, start + length) })
      at = start + length
    }
    return files
  } catch (error) {
    const cause = error instanceof Error ? error.message : 'unknown error'
    throw new IngestError(400, 'invalid unreal crash report', { causes: [cause], code: 'invalid' })
  }
}

function skipHeader(body: Buffer, start: number): number {
  const directory = readName(body, start)
  const end = readName(body, directory.end).end + 8
  if (end > body.length) throw new RangeError('the header is incomplete')
  return end
}

function readName(body: Buffer, at: number): { text: string; end: number } {
  const length = body.readUInt32LE(at)
  const end = at + 4 + length
  if (length > NAME_BYTES_MAX || end > body.length) throw new RangeError('a name is too long')
  const text = body.toString('utf8', at + 4, end)
  const nul = text.indexOf('\0')
  return { text: nul === -1 ? text : text.slice(0, nul), end }
}

/**
 * `CrashContext.runtime-xml`. Its elements of interest hold nothing but text, so they are looked for by name instead of
 * parsing XML that a stranger wrote.
 */
export function parseUnrealContext(xml: string): UnrealContext {
  return {
    crashType: readElement(xml, 'CrashType'),
    errorMessage: readElement(xml, 'ErrorMessage'),
    engineVersion: readElement(xml, 'EngineVersion'),
    gameName: readElement(xml, 'GameName'),
    buildVersion: readElement(xml, 'BuildVersion'),
    platform: readElement(xml, 'PlatformName'),
    loginId: readElement(xml, 'LoginId'),
    sentry: readElement(xml, '__sentry', JSON_CHARS_MAX),
  }
}

function readElement(xml: string, name: string, charsMax = TEXT_CHARS_MAX): string | null {
  const start = xml.indexOf(`<${name}>`)
  if (start === -1) return null
  const end = xml.indexOf(`</${name}>`, start)
  if (end === -1) return null
  const text = xml.slice(start + name.length + 2, Math.min(end, start + charsMax))
  return unescapeXml(text).trim() || null
}

/** `&amp;` last, so that nothing is unescaped twice. */
function unescapeXml(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&amp;', '&')
}
