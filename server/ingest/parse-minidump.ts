// What a minidump says without symbols: why the program crashed, in which module, on which system. Offsets are those of
// Microsoft's minidumpapiset.h, with Breakpad's platform numbers. Whatever does not fit is left out, never an error.

export interface MinidumpSummary {
  /** `SIGSEGV`, `EXCEPTION_ACCESS_VIOLATION`, or the code in hexadecimal. */
  crashReason: string | null
  /** `shop.exe`: the file in which the crashing instruction lies. */
  module: string | null
  os: string | null
  timestampSeconds: number | null
}

const SIGNATURE = 'MDMP'
const MODULE_LIST = 4
const EXCEPTION = 6
const SYSTEM_INFO = 7
const MODULE_BYTES = 108
const STREAMS_MAX = 100
const MODULES_MAX = 2_000

const SYSTEMS: ReadonlyMap<number, string> = new Map([
  [2, 'Windows'],
  [0x8101, 'macOS'],
  [0x8102, 'iOS'],
  [0x8201, 'Linux'],
  [0x8203, 'Android'],
])
const WINDOWS_CODES: ReadonlyMap<number, string> = new Map([
  [0x80000003, 'EXCEPTION_BREAKPOINT'],
  [0xc0000005, 'EXCEPTION_ACCESS_VIOLATION'],
  [0xc000001d, 'EXCEPTION_ILLEGAL_INSTRUCTION'],
  [0xc0000094, 'EXCEPTION_INT_DIVIDE_BY_ZERO'],
  [0xc00000fd, 'EXCEPTION_STACK_OVERFLOW'],
  [0xc0000374, 'STATUS_HEAP_CORRUPTION'],
  [0xc0000409, 'STATUS_STACK_BUFFER_OVERRUN'],
  [0xe06d7363, 'C++ exception'],
])
const LINUX_SIGNALS: ReadonlyMap<number, string> = new Map([
  [4, 'SIGILL'],
  [5, 'SIGTRAP'],
  [6, 'SIGABRT'],
  [7, 'SIGBUS'],
  [8, 'SIGFPE'],
  [11, 'SIGSEGV'],
  [31, 'SIGSYS'],
])
const MAC_CODES: ReadonlyMap<number, string> = new Map([
  [1, 'EXC_BAD_ACCESS'],
  [2, 'EXC_BAD_INSTRUCTION'],
  [3, 'EXC_ARITHMETIC'],
  [5, 'EXC_SOFTWARE'],
  [6, 'EXC_BREAKPOINT'],
  [10, 'EXC_CRASH'],
])

export function isMinidump(bytes: Buffer): boolean {
  return bytes.length >= 32 && bytes.toString('latin1', 0, 4) === SIGNATURE
}

/** @param dump for which `isMinidump` holds. */
export function parseMinidump(dump: Buffer): MinidumpSummary {
  const streams = readStreams(dump)
  const system = streams.get(SYSTEM_INFO)
  const platform = system !== undefined && system.length >= 24 ? system.readUInt32LE(20) : null
  const exception = streams.get(EXCEPTION)
  const hasException = exception !== undefined && exception.length >= 32
  const code = hasException ? exception.readUInt32LE(8) : null
  const address = hasException ? exception.readBigUInt64LE(24) : null
  return {
    crashReason: code === null ? null : nameCode(code, platform),
    module: address === null ? null : findModule(dump, streams.get(MODULE_LIST), address),
    os: platform === null ? null : (SYSTEMS.get(platform) ?? null),
    timestampSeconds: dump.readUInt32LE(20) || null,
  }
}

function readStreams(dump: Buffer): Map<number, Buffer> {
  const streams = new Map<number, Buffer>()
  const count = Math.min(dump.readUInt32LE(8), STREAMS_MAX)
  const directory = dump.readUInt32LE(12)
  for (let index = 0; index < count; index += 1) {
    const at = directory + index * 12
    if (at + 12 > dump.length) break
    const type = dump.readUInt32LE(at)
    const start = dump.readUInt32LE(at + 8)
    const end = start + dump.readUInt32LE(at + 4)
    if (end <= dump.length && !streams.has(type)) streams.set(type, dump.subarray(start, end))
  }
  return streams
}

function nameCode(code: number, platform: number | null): string {
  const names = platform === 2 ? WINDOWS_CODES : platform === 0x8101 || platform === 0x8102 ? MAC_CODES : LINUX_SIGNALS
  return names.get(code) ?? `0x${code.toString(16).padStart(8, '0')}`
}

function findModule(dump: Buffer, list: Buffer | undefined, address: bigint): string | null {
  if (list === undefined || list.length < 4) return null
  const count = Math.min(list.readUInt32LE(0), MODULES_MAX)
  for (let index = 0; index < count; index += 1) {
    const at = 4 + index * MODULE_BYTES
    if (at + MODULE_BYTES > list.length) return null
    const base = list.readBigUInt64LE(at)
    if (address < base || address >= base + BigInt(list.readUInt32LE(at + 8))) continue
    return readName(dump, list.readUInt32LE(at + 20))
  }
  return null
}

/** UTF-16 with its length in bytes before it. */
function readName(dump: Buffer, at: number): string | null {
  if (at + 4 > dump.length) return null
  const end = at + 4 + Math.min(dump.readUInt32LE(at), 2_048)
  if (end > dump.length) return null
  const path = dump.toString('utf16le', at + 4, end)
  return path.split(/[/\\]/).at(-1) || null
}
