// Gets a sample ready to run, in a folder of its own that is kept, so that the next run has nothing to do. It lies in the
// system's folder for temporary files and not in this one: paths are part of what SDKs send, and so of the recordings.

import { copyFileSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import { nameOf } from '../sample.ts'
import type { Command, Sample } from '../sample.ts'
import { CommandError, runCommand } from './run-command.ts'

const SAMPLES = join(import.meta.dirname, '..')
const ROOT = join(tmpdir(), 'faultline-sdks')
const VERSION_WITHIN_MS = 30_000

/** Why a sample does not run here; nothing is wrong with it. */
export class Skip extends Error {}

export interface PreparedSample {
  folder: string
  /** Of the programs that it needs. */
  versions: string[]
}

/** @throws Skip where a program is missing, a registry cannot be reached, or the time does not suffice. */
export async function prepareSample(sample: Sample, deadlineMs: number): Promise<PreparedSample> {
  if (Date.now() > deadlineMs) throw new Skip('there was no time left to run it')
  const versions: string[] = []
  const folder = makeFolder(nameOf(sample))
  for (const command of sample.needs) versions.push(await askVersion(command, folder))
  const isSame = copyFiles(sample, folder)
  const commands = JSON.stringify([sample.fetch, sample.build, versions])
  const stamp = join(folder, '.built')
  if (isSame && readText(stamp) === commands) return { folder, versions }
  writeFileSync(stamp, '')
  for (const command of sample.fetch ?? []) {
    await runCommand(command, { folder, withinMs: timeLeft(deadlineMs) }).catch((error: unknown) => {
      throw error instanceof CommandError ? new Skip(`what it depends on cannot be had: ${error.message}`) : error
    })
  }
  for (const command of sample.build ?? []) {
    await runCommand(command, { folder, withinMs: timeLeft(deadlineMs) }).catch((error: unknown) => {
      if (Date.now() >= deadlineMs) throw new Skip('there was no time left to build it')
      throw error
    })
  }
  writeFileSync(stamp, commands)
  return { folder, versions }
}

/** Others could have put programs of theirs where everybody may write. */
function makeFolder(name: string): string {
  mkdirSync(ROOT, { recursive: true, mode: 0o700 })
  if (statSync(ROOT).uid !== userInfo().uid) throw new Error(`${ROOT} belongs to somebody else`)
  const folder = join(ROOT, name)
  mkdirSync(folder, { recursive: true })
  return folder
}

async function askVersion(command: Command, folder: string): Promise<string> {
  try {
    const output = await runCommand(command, { folder, withinMs: VERSION_WITHIN_MS })
    return output.trim().split('\n')[0] ?? ''
  } catch {
    throw new Skip(`${command[0]} is not there`)
  }
}

/** @returns whether they were there already: a file that is left alone need not be compiled again. */
function copyFiles({ files }: Sample, folder: string): boolean {
  let isSame = true
  for (const [name, source] of Object.entries(files)) {
    const from = join(SAMPLES, source)
    const to = join(folder, name)
    if (readText(to) === readFileSync(from, 'utf8')) continue
    isSame = false
    mkdirSync(dirname(to), { recursive: true })
    copyFileSync(from, to)
  }
  return isSame
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}

function timeLeft(deadlineMs: number): number {
  const left = deadlineMs - Date.now()
  if (left <= 0) throw new Skip('there was no time left to build it')
  return left
}
