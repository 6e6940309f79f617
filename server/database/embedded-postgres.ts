// The embedded PostgreSQL: made at the first start, started and stopped with us, started again when it dies. It listens
// on a Unix socket in a folder of its own only. We spawn initdb and postgres ourselves: the npm package's class stops
// PostgreSQL on its own terms and cannot run it as another user.

import { spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import {
  chownSync,
  existsSync,
  mkdtempSync,
  openSync,
  closeSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { StartError } from '../errors.ts'
import type { Logger } from '../log.ts'
import { chooseClusterPlace, type ClusterPlace } from './cluster-place.ts'
import type { DatabaseConnection } from './connection.ts'
import { isDatabaseAway } from './is-database-away.ts'
import { endLeftovers } from './postmaster.ts'
import { takeProcessLock } from './process-lock.ts'

const NAME = 'faultline'
const SOCKET_PATH_BYTES_MAX = 107
const FAST_SHUTDOWN_MAX_MS = 10_000
const RESTART_AFTER_MAX_MS = 10_000

/** Durable always; for the rest, right for two cores that Node shares, and a machine of 1 GB. */
const SETTINGS: Record<string, string> = {
  listen_addresses: '',
  unix_socket_permissions: '0700',
  max_connections: '50',
  shared_buffers: '128MB',
  work_mem: '8MB',
  effective_cache_size: '512MB',
  random_page_cost: '1.1',
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  // Far-apart checkpoints: each makes the next change of every page write the page to the log whole.
  checkpoint_timeout: '15min',
  checkpoint_completion_target: '0.9',
  max_wal_size: '2GB',
  jit: 'off',
  max_parallel_workers_per_gather: '0',
  io_method: 'sync',
  autovacuum_naptime: '15s',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_min_messages: 'log',
  log_checkpoints: 'off',
  log_autovacuum_min_duration: '-1',
  update_process_title: 'off',
}

export interface EmbeddedPostgres {
  connection: DatabaseConnection
  stop(): Promise<void>
}

/** @throws StartError. Then nothing is left running. */
export async function startEmbeddedPostgres(dataFolder: string, log: Logger): Promise<EmbeddedPostgres> {
  const place = chooseClusterPlace(dataFolder, log)
  const folder = realpathSync(place.folder)
  const lock = await takeProcessLock(`database ${folder}`)
  if (!lock.taken) {
    throw new StartError(
      `Another Faultline (process ${lock.holder}) is using the data folder ${dataFolder}: stop it, or set FAULTLINE_DATA to another folder.`,
    )
  }
  try {
    const cluster = join(folder, 'cluster')
    const socketFolder = chooseSocketFolder({ ...place, folder })
    if (existsSync(cluster)) await endLeftovers(cluster, socketFolder, log)
    else await initializeCluster({ ...place, folder }, cluster)
    checkVersion(cluster, place.binaries)
    const server = await superviseServer({ ...place, folder }, cluster, socketFolder, log)
    return {
      connection: { ...server.connection, database: NAME },
      stop: async () => {
        await server.stop()
        await lock.release()
      },
    }
  } catch (error) {
    await lock.release()
    throw error
  }
}

/**
 * For a command beside the server that runs.
 *
 * @returns null when none does. @throws StartError while it is starting.
 */
export async function findRunningPostgres(dataFolder: string, log: Logger): Promise<DatabaseConnection | null> {
  const folder = realpathSync(chooseClusterPlace(dataFolder, log).folder)
  const lock = await takeProcessLock(`database ${folder}`)
  if (lock.taken) {
    await lock.release()
    return null
  }
  try {
    // https://www.postgresql.org/docs/18/storage-file-layout.html: the fifth line is the socket's folder.
    const host = readFileSync(join(folder, 'cluster/postmaster.pid'), 'utf8').split('\n')[4]
    const password = readFileSync(join(folder, 'password'), 'utf8')
    if (host) return { host, port: 5432, user: NAME, password, ssl: false, database: NAME }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EACCES') throw new StartError(`Do this as the user who runs Faultline: ${folder} cannot be read.`)
    if (code !== 'ENOENT') throw error
  }
  throw new StartError('Faultline is starting at this moment. Try again in a few seconds.')
}

async function initializeCluster(place: ClusterPlace, cluster: string): Promise<void> {
  // Renamed when it is whole: an interrupted first start begins anew.
  const unfinished = `${cluster}.unfinished`
  rmSync(unfinished, { recursive: true, force: true })
  const passwordFile = join(place.folder, 'password')
  writeFileSync(passwordFile, randomBytes(24).toString('base64url'), { mode: 0o600 })
  if (place.user !== null) chownSync(passwordFile, place.user.uid, place.user.gid)
  const encoding = ['--encoding=UTF8', '--locale-provider=builtin', '--locale=C.UTF-8']
  const access = [`--username=${NAME}`, `--pwfile=${passwordFile}`, '--auth=scram-sha-256']
  const child = spawn(join(place.binaries, 'bin/initdb'), ['-D', unfinished, ...encoding, ...access], {
    ...place.user,
    cwd: place.folder,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let complaint = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint = (complaint + text).slice(-4000)))
  const [status] = (await once(child, 'close').catch(failToRun)) as [number | null]
  if (status !== 0) throw new StartError(`The database could not be made in ${place.folder}: ${complaint.trim()}`)
  renameSync(unfinished, cluster)
}

function failToRun(error: Error): never {
  throw new StartError(
    `The embedded PostgreSQL does not run on this system (${error.message}): set DATABASE_URL to a PostgreSQL 15 or newer.`,
  )
}

function checkVersion(cluster: string, binaries: string): void {
  const made = readFileSync(join(cluster, 'PG_VERSION'), 'utf8').trim()
  const catalog = readFileSync(join(binaries, 'share/postgresql/postgres.bki'), 'utf8').split('\n', 1)[0] ?? ''
  const ours = catalog.replace('# PostgreSQL ', '')
  if (made === ours) return
  throw new StartError(
    `The database in ${cluster} was made by PostgreSQL ${made}, which PostgreSQL ${ours} cannot open.`,
  )
}

type Connection = Omit<DatabaseConnection, 'database'>

async function superviseServer(place: ClusterPlace, cluster: string, socketFolder: string, log: Logger) {
  const password = readFileSync(join(place.folder, 'password'), 'utf8')
  const connection: Connection = { host: socketFolder, port: 5432, user: NAME, password, ssl: false }
  let isStopping = false
  let child = spawnServer(place, cluster, socketFolder)
  // However we end, short of being killed, the database ends with us.
  const stopWithUs = () => void child.kill('SIGINT')
  process.once('exit', stopWithUs)
  try {
    await waitUntilItAnswers(child, connection, place, log)
    await createDatabase(connection)
  } catch (error) {
    await stopServer(child)
    process.removeListener('exit', stopWithUs)
    throw error
  }

  async function restart(): Promise<void> {
    for (let afterMs = 100; !isStopping; afterMs = Math.min(afterMs * 2, RESTART_AFTER_MAX_MS)) {
      try {
        await endLeftovers(cluster, socketFolder, log)
        if (isStopping) return
        child = spawnServer(place, cluster, socketFolder)
        await waitUntilItAnswers(child, connection, place, log)
        child.once('exit', onExit)
        if (child.exitCode !== null || child.signalCode !== null) onExit()
        else log.info('The database is back')
        return
      } catch (error) {
        if (isStopping) return
        log.error(error, 'The database cannot be started again yet')
        await sleep(afterMs)
      }
    }
  }
  let restarting = Promise.resolve()
  function onExit(): void {
    child.removeListener('exit', onExit)
    if (isStopping) return
    log.error('The database ended unexpectedly and is started again; requests are answered 503 until it is back')
    restarting = restart()
  }
  child.once('exit', onExit)

  return {
    connection,
    stop: async () => {
      isStopping = true
      await stopServer(child)
      await restarting
      await stopServer(child)
      process.removeListener('exit', stopWithUs)
      if (socketFolder !== place.folder) rmSync(socketFolder, { recursive: true, force: true })
    },
  }
}

/** The path of a Unix socket is short by its nature: where the cluster's is too long, the socket gets a folder in /tmp. */
function chooseSocketFolder(place: ClusterPlace): string {
  if (Buffer.byteLength(join(place.folder, '.s.PGSQL.5432')) <= SOCKET_PATH_BYTES_MAX) return place.folder
  const folder = mkdtempSync(join(tmpdir(), 'faultline-'))
  if (place.user !== null) chownSync(folder, place.user.uid, place.user.gid)
  return folder
}

function spawnServer(place: ClusterPlace, cluster: string, socketFolder: string): ChildProcess {
  const settings = { ...SETTINGS, unix_socket_directories: socketFolder }
  const logFile = openSync(join(place.folder, 'postgres.log'), 'w', 0o600)
  // A process group of its own: Ctrl-C on a terminal reaches us alone, so that we can still write before it stops.
  const child = spawn(
    join(place.binaries, 'bin/postgres'),
    ['-D', cluster, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    { ...place.user, cwd: cluster, detached: true, stdio: ['ignore', logFile, logFile] },
  )
  closeSync(logFile)
  return child
}

/** Recovery after a crash takes as long as it takes; while the process lives there is hope. */
async function waitUntilItAnswers(child: ChildProcess, connection: Connection, place: ClusterPlace, log: Logger) {
  const startedAt = Date.now()
  let spawnError: Error | null = null
  child.once('error', (error) => (spawnError = error))
  for (let saidAt = startedAt; ; await sleep(20)) {
    if (spawnError !== null) failToRun(spawnError)
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new StartError(describeEnd(child, join(place.folder, 'postgres.log')))
    }
    const client = openClient(connection)
    try {
      await client.connect()
      return
    } catch (error) {
      // It is starting up, or recovering, or has just ended.
      if (!isDatabaseAway(error)) throw error
    } finally {
      await client.end().catch(() => undefined)
    }
    if (Date.now() - saidAt > 5000) {
      log.info(`Waiting for the database, which is recovering, for ${Math.round((Date.now() - startedAt) / 1000)} s`)
      saidAt = Date.now()
    }
  }
}

/** What goes wrong with it is told by what is asked of it; without a listener it would end the process. */
function openClient(connection: Connection): pg.Client {
  return new pg.Client({ ...connection, database: 'postgres' }).on('error', () => undefined)
}

/** In one sentence: of what it wrote, why it gave up. */
function describeEnd({ signalCode, exitCode }: ChildProcess, logFile: string): string {
  if (signalCode !== null) return `PostgreSQL was ended by ${signalCode} while it was starting: start Faultline again.`
  const lines = readFileSync(logFile, 'utf8').trim().split('\n')
  const line = lines.findLast((text) => /\b(?:FATAL|PANIC):/.test(text)) ?? lines.at(-1) ?? ''
  const reason = line.replace(/^.*\b(?:FATAL|PANIC): */, '').slice(0, 500)
  return `PostgreSQL did not start and ended with ${exitCode}: ${reason} (${logFile} says more).`
}

async function createDatabase(connection: Connection): Promise<void> {
  const client = openClient(connection)
  await client.connect()
  try {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [NAME])
    if (rowCount === 0) await client.query(`CREATE DATABASE "${NAME}"`)
  } finally {
    await client.end()
  }
}

async function stopServer(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  // SIGINT is the fast shutdown, SIGQUIT the immediate one: nothing committed is lost, the next start recovers.
  child.kill('SIGINT')
  const forced = setTimeout(() => child.kill('SIGQUIT'), FAST_SHUTDOWN_MAX_MS)
  await exited
  clearTimeout(forced)
}
