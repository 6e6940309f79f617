// Builds the dashboard when it is missing or older than its sources, so that `npm start` is all that anybody has to
// know. What it was built from is kept beside it as a hash. Two processes that start together build it once.

import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { takeProcessLock } from '../database/process-lock.ts'
import { StartError } from '../errors.ts'
import type { Logger } from '../log.ts'

const ROOT = join(import.meta.dirname, '../..')
const SOURCES = ['app', 'vite.config.ts', 'tsconfig.json', 'package-lock.json', 'schema.graphql']
const HASH_FILE = '.built-from'

export const BUILD_FOLDER = join(ROOT, 'build')

/** @throws StartError. */
export async function buildAppIfStale(log: Logger): Promise<void> {
  if (isBuilt()) return
  for (;;) {
    const lock = await takeProcessLock(`build ${BUILD_FOLDER}`)
    if (lock.taken) {
      try {
        if (!isBuilt()) await buildApp(log)
        return
      } finally {
        await lock.release()
      }
    }
    await sleep(200)
    if (isBuilt()) return
  }
}

function isBuilt(): boolean {
  const path = join(BUILD_FOLDER, HASH_FILE)
  return existsSync(path) && readFileSync(path, 'utf8') === hashSources()
}

async function buildApp(log: Logger): Promise<void> {
  const vite = join(ROOT, 'node_modules/vite/bin/vite.js')
  if (!existsSync(vite)) {
    // Installed without what builds it: what was built elsewhere and brought along is served as it is.
    if (existsSync(join(BUILD_FOLDER, 'index.html'))) return
    throw new StartError('The dashboard is not built, and what builds it is not installed: run npm ci.')
  }
  log.info('Building the dashboard, which takes about ten seconds')
  const builtFrom = hashSources()
  const child = spawn(process.execPath, [vite, 'build', '--logLevel', 'warn'], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output = (output + text).slice(-20_000)))
  }
  // The first Ctrl-C ends us; a build that nobody waits for ends with us.
  const endBuild = () => child.kill()
  process.once('exit', endBuild)
  const [status] = (await once(child, 'close')) as [number | null]
  process.removeListener('exit', endBuild)
  if (status !== 0) throw new StartError(`The dashboard could not be built:\n${output.trim()}`)
  writeFileSync(join(BUILD_FOLDER, HASH_FILE), builtFrom)
}

function hashSources(): string {
  const hash = createHash('sha256')
  for (const source of SOURCES) {
    for (const path of listFiles(join(ROOT, source))) hash.update(path.slice(ROOT.length)).update(readFileSync(path))
  }
  return hash.digest('hex')
}

function listFiles(path: string): string[] {
  if (!existsSync(path)) return []
  if (statSync(path).isFile()) return [path]
  // Declarations, some of them generated, do not end up in what is built.
  return readdirSync(path, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.d.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
}
