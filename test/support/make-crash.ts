// Crash reports as their reporters write them, small: a minidump with a system, an exception and a module, and Unreal's
// container in both of its forms.

import { deflateSync } from 'node:zlib'

interface MinidumpOptions {
  /** Breakpad's number; Linux unless given. */
  platform?: number
  code?: number
  module?: string
}

const HEADER_BYTES = 32
const ADDRESS = 0x7f00_1234n

export function makeMinidump({
  platform = 0x8201,
  code = 11,
  module = '/usr/lib/libshop.so',
}: MinidumpOptions = {}): Buffer {
  const system = Buffer.alloc(56)
  system.writeUInt32LE(platform, 20)
  const exception = Buffer.alloc(168)
  exception.writeUInt32LE(code, 8)
  exception.writeBigUInt64LE(ADDRESS, 24)
  const list = Buffer.alloc(4 + 108)
  list.writeUInt32LE(1, 0)
  list.writeBigUInt64LE(0x7f00_0000n, 4)
  list.writeUInt32LE(0x10_0000, 12)
  const text = Buffer.from(module, 'utf16le')
  const name = Buffer.concat([writeU32(text.length), text, Buffer.alloc(2)])

  const streams: [type: number, bytes: Buffer][] = [
    [7, system],
    [6, exception],
    [4, list],
  ]
  let at = HEADER_BYTES + streams.length * 12
  const entries = streams.map(([type, bytes]) => {
    const entry = Buffer.concat([writeU32(type), writeU32(bytes.length), writeU32(at)])
    at += bytes.length
    return entry
  })
  list.writeUInt32LE(at, 4 + 20)
  const header = Buffer.alloc(HEADER_BYTES)
  header.write('MDMP', 0, 'latin1')
  header.writeUInt32LE(0xa793, 4)
  header.writeUInt32LE(streams.length, 8)
  header.writeUInt32LE(HEADER_BYTES, 12)
  return Buffer.concat([header, ...entries, ...streams.map(([, bytes]) => bytes), name])
}

/** @param hasMarker as since Unreal 4.27: one header, at the beginning. */
export function makeUnrealReport(files: Record<string, string | Buffer>, hasMarker = true): Buffer {
  const entries = Object.entries(files)
  const makeHeader = (count: number): Buffer =>
    Buffer.concat([writeName('UE4CC-Windows-1'), writeName('UE4CC-Windows-1.uecrash'), writeU32(0), writeU32(count)])
  const body = entries.flatMap(([name, content], index) => {
    const bytes = Buffer.from(content)
    return [writeU32(index), writeName(name), writeU32(bytes.length), bytes]
  })
  const parts = hasMarker
    ? [Buffer.from('CR1'), makeHeader(entries.length), ...body]
    : [makeHeader(0), ...body, makeHeader(entries.length)]
  return deflateSync(Buffer.concat(parts))
}

export const UNREAL_CONTEXT = `<?xml version="1.0" encoding="UTF-8"?>
<FGenericCrashContext>
<RuntimeProperties>
<CrashType>Assert</CrashType>
<ErrorMessage>Assertion failed: Cart &amp;&amp; Cart-&gt;IsValid()</ErrorMessage>
<GameName>ShopGame</GameName>
<EngineVersion>5.3.2-29314046+++UE5+Release-5.3</EngineVersion>
<BuildVersion>1.4.2</BuildVersion>
<PlatformName>Windows</PlatformName>
<LoginId>7a1b</LoginId>
</RuntimeProperties>
</FGenericCrashContext>`

function writeU32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}

/** Filled up with NULs, as Unreal does. */
function writeName(name: string): Buffer {
  const bytes = Buffer.alloc(64)
  bytes.write(name)
  return Buffer.concat([writeU32(bytes.length), bytes])
}
