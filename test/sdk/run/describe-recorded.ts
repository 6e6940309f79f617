// docs/sdks.md: what each SDK sends, and when that was last seen.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { splitRequest } from '../../support/raw-http.ts'
import { readRequest } from '../../support/read-request.ts'
import { isOf, RECORDINGS } from './recorded.ts'
import type { Recorded } from './recorded.ts'

export type Row = readonly string[]

export const HEAD: Row = ['SDK', 'version', 'endpoint', 'item types', 'result']

/** What was sent, in two cells of the table. */
export function describeRequests(requests: readonly Buffer[]): { endpoints: string; types: string } {
  const read = requests.map((bytes) => readRequest(splitRequest(bytes)))
  const endpoints = new Set(read.map(({ path }) => path.replace(/^\/api\/\d+|\?.*$/g, '')))
  const types = new Set(read.flatMap(({ items }) => items.map(({ type }) => type)))
  return { endpoints: [...endpoints].toSorted().join(' '), types: [...types].toSorted().join(' ') }
}

export function describeRecorded(list: readonly Recorded[]): string {
  return `${INTRODUCTION}\n${formatTable([HEAD, ...list.map(describeRow)])}${NOTES}`
}

function describeRow(recorded: Recorded): Row {
  const name = `${recorded.sdk}-${recorded.version}`
  const isShown = (file: string) =>
    recorded.with.length === 0 ? file.startsWith(`${name}-`) : recorded.cases.some((told) => isOf(file, recorded, told))
  const files = readdirSync(RECORDINGS).filter(isShown)
  const { endpoints, types } = describeRequests(files.map((file) => readFileSync(join(RECORDINGS, file))))
  const day = recorded.recordedAt.slice(0, 10)
  const { length } = recorded.cases
  const result = recorded.with.length > 0 ? `${length} of ${length} cases, run on ${day}` : `recorded on ${day}`
  return [recorded.sdk, recorded.version, code(endpoints), code(types), result]
}

/** As Markdown, which is read in a terminal as well. */
export function formatTable(rows: readonly Row[]): string {
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  const lines = rows.map((row) => `| ${row.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`)
  lines.splice(1, 0, `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`)
  return `${lines.join('\n')}\n`
}

function code(words: string): string {
  return words === ''
    ? ''
    : words
        .split(' ')
        .map((word) => `\`${word}\``)
        .join(' ')
}

const INTRODUCTION = `# The SDKs, as they are

Every Sentry SDK sends to Faultline as it is: put Faultline's host into the DSN, and nothing else changes. This table is
written by \`npm run test:sdks\`, which lets real SDKs tell one story (an error with its cause, a message, a transaction,
files, sessions, feedback, check-ins, what they dropped) to a real Faultline, and reads through GraphQL what became of
each item. What they sent is recorded, byte for byte, and \`npm test\` holds the recordings against the same assertions.
`

const NOTES = `
What is "recorded" was recorded beforehand: the package registries of PHP and Ruby were out of reach where this was written
(sentry-ruby 5.3.0 is Debian's own package). It is held against the same assertions. Where Composer and RubyGems can be had,
\`npm run test:sdks\` runs those too.

What becomes of each type of item is told in [server/ingest/README.md](../server/ingest/README.md); \`log\` and other types
that are not taken are answered 200 and counted as \`unsupported\`.
`
