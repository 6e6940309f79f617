// What a run came to: a table for who watches, and the recordings, their list and docs/sdks.md for who comes later. CI
// writes nothing: what it runs is committed.

import { writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { splitRequest } from '../../support/raw-http.ts'
import { readRequest } from '../../support/read-request.ts'
import type { Sample } from '../sample.ts'
import type { CaseName } from '../story.ts'
import { describeRecorded, describeRequests, formatTable, HEAD } from './describe-recorded.ts'
import type { Row } from './describe-recorded.ts'
import { readRecorded, writeRecorded } from './recorded.ts'

const REPOSITORY = join(import.meta.dirname, '../../..')
const PAGE = join(REPOSITORY, 'docs/sdks.md')

interface SampleResult {
  sample: Sample
  /** Why it did not run at all; empty: it did. */
  skipped: string
  /** Of the programs that ran it. */
  versions: string[]
  /** What each case that held sent. */
  requests: ReadonlyMap<CaseName, readonly Buffer[]>
}

interface Report {
  add(result: SampleResult): void
  finish(): void
}

export function createReport({ isWritten }: { isWritten: boolean }): Report {
  const rows: Row[] = []

  return {
    add(result) {
      rows.push(describeResult(result))
      const { sample, requests, versions, skipped } = result
      if (!isWritten || skipped !== '' || requests.size < sample.cases.length) return
      checkNeutral(requests)
      const { sdk, version, cases, lacks } = sample
      const names = versions.length > 0 ? versions : [`Node ${process.version}`]
      writeRecorded(
        { sdk, version, recordedAt: new Date().toISOString(), with: names, cases: [...cases], lacks },
        requests,
      )
    },
    finish() {
      console.log(`\n${formatTable([HEAD, ...rows])}`)
      if (isWritten) writeFileSync(PAGE, describeRecorded(readRecorded()))
    },
  }
}

function describeResult({ sample, skipped, requests }: SampleResult): Row {
  const { endpoints, types } = describeRequests([...requests.values()].flat())
  const failed = sample.cases.filter((name) => !requests.has(name))
  const result =
    skipped !== ''
      ? `skipped: ${skipped.split('\n')[0]}`
      : failed.length > 0
        ? `failed: ${failed.join(' ')}`
        : `${sample.cases.length} of ${sample.cases.length} cases`
  return [sample.sdk, sample.version, endpoints, types, result]
}

/** What is committed names nobody's home, and no checkout. */
function checkNeutral(requests: SampleResult['requests']): void {
  for (const bytes of [...requests.values()].flat()) {
    const text = readRequest(splitRequest(bytes))
      .items.map(({ payload }) => payload.toString('utf8'))
      .join('\n')
    for (const path of [homedir(), REPOSITORY]) {
      if (text.includes(`${path}/`)) throw new Error(`a recording names ${path}: ${text.slice(0, 200)}`)
    }
  }
}
