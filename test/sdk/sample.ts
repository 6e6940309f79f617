// A program with an SDK in it: where it comes from, how it is built, and what it can tell.

import type { CaseName } from './story.ts'

export interface Sample {
  /** As in the names of recordings: `sentry-go`. */
  sdk: string
  version: string
  cases: readonly CaseName[]
  /** What an SDK leaves out although it tells the rest of the story. */
  lacks?: readonly ('breadcrumbs' | 'cause')[]
  /** What tells the versions of the programs without which it cannot be built or run. */
  needs: readonly Command[]
  /** Files that are copied into the folder in which it is built: `<name there>: <path below test/sdk>`. */
  files: Readonly<Record<string, string>>
  /** Gets what it depends on. May fail where no registry can be reached; then the sample is skipped. */
  fetch?: readonly Command[]
  build?: readonly Command[]
  /** What tells a case, unless `tell` does. `{dsn}` and `{case}` stand for themselves. */
  run?: Command
  tell?(options: TellOptions): Promise<void>
  /** Put between the key and the host of the DSN. */
  secret?: string
}

interface TellOptions {
  dsn: string
  name: CaseName
  /** Whether anything was sent yet. */
  hasSent(): boolean
}

/** Run in the folder of the sample. */
export type Command = readonly [program: string, ...args: string[]]

export function nameOf({ sdk, version }: Pick<Sample, 'sdk' | 'version'>): string {
  return `${sdk}-${version}`
}
