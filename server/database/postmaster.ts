// PostgreSQL's processes, found and ended from outside: what an earlier start left behind when it was killed. A process
// is ours only if its working folder is our cluster, so that another database on this machine is never touched.

import { readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { StartError } from '../errors.ts'
import type { Logger } from '../log.ts'

const LOCK_FILE = 'postmaster.pid'
const SOCKET_LOCK_FILE = '.s.PGSQL.5432.lock'
const FAST_SHUTDOWN_MAX_MS = 15_000
const FORCED_END_MAX_MS = 5_000

/**
 * Ends every PostgreSQL process that works in `cluster`: the postmaster first, with its backends; then orphans.
 *
 * @param socketFolder where the next one will listen.
 */
export async function endLeftovers(cluster: string, socketFolder: string, log: Logger): Promise<void> {
  const postmaster = readPostmasterPid(cluster)
  if (postmaster !== null && worksIn(postmaster, cluster)) {
    log.warn('A database left behind by a process that was killed is still running: it is stopped and started again')
    // SIGINT is the fast shutdown: clients are cut off, everything committed is on disk.
    signal(postmaster, 'SIGINT')
    await waitUntilGone(cluster, FAST_SHUTDOWN_MAX_MS)
  }
  // Without their postmaster, backends hold the shared memory until their query ends. SIGQUIT ends them at once, and
  // the next start recovers from the log, as after a crash.
  for (const name of ['SIGQUIT', 'SIGKILL'] as const) {
    for (const pid of findProcesses(cluster)) signal(pid, name)
    if (await waitUntilGone(cluster, FORCED_END_MAX_MS)) return removeLockFiles(cluster, socketFolder)
  }
  throw new StartError(`Processes of an earlier database still work in ${cluster} and cannot be ended.`)
}

/**
 * PostgreSQL refuses to start while any process has the number in one of its lock files: a dead one that nobody has reaped yet
 * too, and one that was given the number since. We know by now that nothing works in the cluster.
 */
function removeLockFiles(cluster: string, socketFolder: string): void {
  rmSync(join(cluster, LOCK_FILE), { force: true })
  rmSync(join(socketFolder, SOCKET_LOCK_FILE), { force: true })
}

/** The first line of the lock file. */
function readPostmasterPid(cluster: string): number | null {
  try {
    const pid = Number(readFileSync(join(cluster, LOCK_FILE), 'utf8').split('\n')[0])
    return Number.isInteger(pid) && pid > 1 ? pid : null
  } catch {
    return null
  }
}

function findProcesses(cluster: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => worksIn(pid, cluster))
}

function worksIn(pid: number, cluster: string): boolean {
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === cluster && readlinkSync(`/proc/${pid}/exe`).endsWith('/postgres')
  } catch {
    return false
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

async function waitUntilGone(cluster: string, maxMs: number): Promise<boolean> {
  const deadline = Date.now() + maxMs
  while (findProcesses(cluster).length > 0) {
    if (Date.now() > deadline) return false
    await sleep(20)
  }
  return true
}
