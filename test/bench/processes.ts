// Child processes of the benches: the yardstick, the product as `npm start` runs it, and the load generator.

import { fork, spawn, type ChildProcess } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { LoadOptions, LoadResult } from './load.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

export interface RunningServer {
  port: number
  pid: number
  /** The end of what it has logged. */
  output(): string
  stop(): Promise<void>
}

function pathOf(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url))
}

function stopProcess(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve()
    child.once('exit', () => resolve())
    child.kill('SIGTERM')
  })
}

export async function startBareServer(): Promise<RunningServer> {
  const child = fork(pathOf('bare-server.ts'))
  const { port } = await new Promise<{ port: number }>((resolve) => child.once('message', resolve))
  return { port, pid: child.pid as number, output: () => '', stop: () => stopProcess(child) }
}

/** What `npm start` gives Node.js, so that what is measured is what is used. */
function readStart(): { flags: string[]; environment: Record<string, string> } {
  const { scripts } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8')) as { scripts: { start: string } }
  const [before = '', after = ''] = scripts.start.split('exec node')
  return {
    flags: after.match(/--[a-z-]+=\S+/g) ?? [],
    environment: Object.fromEntries(
      before
        .split(' ')
        .filter(Boolean)
        .map((pair) => pair.split('=')),
    ),
  }
}

export async function startFaultline(environment: Record<string, string>): Promise<RunningServer> {
  const port = 20_000 + Math.floor(Math.random() * 12_000)
  const start = readStart()
  const child = spawn(
    process.execPath,
    [...start.flags, ...(process.env['BENCH_NODE_FLAGS']?.split(' ') ?? []), 'server/main.ts'],
    {
      cwd: ROOT,
      env: { ...process.env, ...start.environment, ...environment, PORT: String(port) },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => (output = (output + chunk.toString()).slice(-20_000)))
  for (let attempt = 0; ; attempt += 1) {
    const ready = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => null)
    if (ready?.status === 200) break
    if (child.exitCode !== null || attempt > 600) throw new Error(`Faultline did not start:\n${output}`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  return { port, pid: child.pid as number, output: () => output, stop: () => stopProcess(child) }
}

export function runLoad(options: LoadOptions): Promise<LoadResult> {
  return forkForResult('load.ts', options)
}

/** @param name of a file beside this one, which takes its options as JSON and sends its parent one message. */
export function forkForResult<Result>(name: string, options: object): Promise<Result> {
  const child = fork(pathOf(name), [JSON.stringify(options)])
  return new Promise((resolve, reject) => {
    child.once('message', (result) => resolve(result as Result))
    child.once('exit', (code) => {
      if (code !== 0) reject(new Error(`the load generator ended with status ${code}`))
    })
  })
}

/** Resident memory in MiB, of the process or of all whose parent it is. */
export function readMemoryMib(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Math.round(Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1024)
}

/** Processor time a process has used so far, in seconds (the kernel counts in hundredths). */
export function readProcessorSeconds(pid: number): number {
  const [user, system] = readTimes(pid)
  return (user + system) / 100
}

/** That of a whole cluster, those of its processes that have ended too: workers come and go. */
export function readPostgresSeconds(postmaster: number): number {
  let hundredths = 0
  for (const pid of findPostgresPids(postmaster)) {
    try {
      const [user, system, userOfEnded, systemOfEnded] = readTimes(pid)
      hundredths += user + system + (pid === postmaster ? userOfEnded + systemOfEnded : 0)
    } catch {
      // It ended while we looked, and counts among the postmaster's.
    }
  }
  return hundredths / 100
}

/** utime, stime, cutime and cstime of proc(5). */
function readTimes(pid: number): [number, number, number, number] {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
  return fields.slice(11, 15).map(Number) as [number, number, number, number]
}

/** Process ids of every PostgreSQL process of one cluster. @param postmaster its first one. */
export function findPostgresPids(postmaster: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return pid === postmaster || readParentPid(pid) === postmaster
      } catch {
        return false
      }
    })
}

export function readParentPid(pid: number): number {
  return Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
}
