// Keeps what the server logs, and holds that nothing goes wrong in silence: an error nobody expected fails the test.

import { Writable } from 'node:stream'
import { pino } from 'pino'
import type { Logger } from 'pino'

interface LogLine {
  level: number
  msg?: string
  [field: string]: unknown
}

export interface LogRecorder {
  log: Logger
  lines: LogLine[]
  /** From now on error lines whose text holds `part` are as they should be. */
  expectError(part: string): void
  /** @throws Error with the unexpected lines. */
  check(): void
}

const ERROR_LEVEL = 50

export function createLogRecorder(): LogRecorder {
  const lines: LogLine[] = []
  const expected: string[] = []
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(JSON.parse(chunk.toString('utf8')) as LogLine)
      done()
    },
  })
  return {
    log: pino({ level: 'info', base: undefined }, sink),
    lines,
    expectError: (part) => void expected.push(part),
    check() {
      const unexpected = lines
        .filter(({ level }) => level >= ERROR_LEVEL)
        .map((line) => JSON.stringify(line))
        .filter((text) => !expected.some((part) => text.includes(part)))
      if (unexpected.length > 0) throw new Error(`the server logged errors:\n${unexpected.join('\n')}`)
    },
  }
}
