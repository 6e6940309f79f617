// The real thing in processes of its own, for tests that kill it, measure its memory or watch it stop: what `npm start`
// runs, with a data folder and an embedded database that nobody else has.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { until } from './until.ts'

const ROOT = join(import.meta.dirname, '../..')
export const PROCESS_TOKEN = 'flt_test_0123456789abcdefghij'
export const PROCESS_KEY = '0123456789abcdef0123456789abcdef'

export interface ServerProcess {
  url: string
  dsn: string
  pid: number
  dataFolder: string
  /** Everything it printed so far. */
  output(): string
  /** In bytes. */
  residentMemory(): number
  postmasterPid(): number
  /** Ends it as an operator would. @returns its exit status. */
  stop(): Promise<number | null>
  /** kill -9 of Node alone. */
  kill(): Promise<void>
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

export function makeDataFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'faultline-test-'))
  // Else root's PostgreSQL, which runs as another user, could not come in, and would leave its files elsewhere.
  chmodSync(folder, 0o711)
  return folder
}

/** Resolves when it is ready. The same `dataFolder` again is a restart. */
export async function startServerProcess(options: {
  dataFolder: string
  port?: number
  variables?: Record<string, string>
}): Promise<ServerProcess> {
  const port = options.port ?? (await findFreePort())
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(?:FAULTLINE_|DATABASE_URL$|PUBLIC_URL$|VITEST|NODE_ENV$)/.test(name),
  )
  const child = spawn(process.execPath, [...startFlags(), join(ROOT, 'server/main.ts')], {
    cwd: ROOT,
    env: {
      ...Object.fromEntries(inherited),
      PORT: String(port),
      FAULTLINE_DATA: options.dataFolder,
      FAULTLINE_OWNER_EMAIL: 'owner@example.com',
      FAULTLINE_OWNER_PASSWORD: 'correct horse battery',
      FAULTLINE_OWNER_TOKEN: PROCESS_TOKEN,
      FAULTLINE_PROJECT: 'acme/shop',
      FAULTLINE_CLIENT_KEY: PROCESS_KEY,
      FAULTLINE_EVENTS_PER_MINUTE: '0',
      ...options.variables,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text))
  const exited = once(child, 'exit')
  const url = `http://127.0.0.1:${port}`

  await until(
    async () => {
      if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}:\n${output}`)
      const ready = await fetch(`${url}/readyz`).catch(() => null)
      return ready?.status === 200
    },
    { withinMs: 60_000, what: 'the server is ready' },
  )

  return {
    url,
    dsn: `http://${PROCESS_KEY}@127.0.0.1:${port}/1`,
    pid: child.pid ?? 0,
    dataFolder: options.dataFolder,
    output: () => output,
    residentMemory: () => readResidentMemory(child.pid ?? 0),
    postmasterPid: () =>
      Number(readFileSync(join(options.dataFolder, 'postgres/cluster/postmaster.pid'), 'utf8').split('\n')[0]),
    stop: async () => {
      child.kill('SIGTERM')
      await exited
      return child.exitCode
    },
    kill: async () => {
      child.kill('SIGKILL')
      await exited
    },
  }
}

export function removeDataFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true })
}

/** Node's own flags in `npm start`: memory is measured with them. */
function startFlags(): string[] {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: { start: string } }
  return scripts.start.match(/--max[a-z-]+=\d+/g) ?? []
}

function readResidentMemory(pid: number): number {
  const kibibytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Number(kibibytes) * 1024
}
