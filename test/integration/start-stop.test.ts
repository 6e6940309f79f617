// The process as an operator meets it: how it starts, what it says when it cannot, and what is left when it ends.

import { spawn, spawnSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { prepareDatabase } from '../../server/database/prepare-database.ts'
import { createStopList } from '../../server/setup/stop-list.ts'
import {
  makeDataFolder,
  PROCESS_KEY,
  removeDataFolder,
  startServerProcess,
  type ServerProcess,
} from '../support/start-server-process.ts'
import { until } from '../support/until.ts'

const MAIN = join(import.meta.dirname, '../../server/main.ts')

/** Starts what is expected to fail, with nothing in its environment but `variables`. */
function startInVain(variables: Record<string, string>) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, '--without-dashboard'], {
    env: variables,
    encoding: 'utf8',
    timeout: 30_000,
  })
  return { status, stdout, sentences: stderr.trim().split('\n') }
}

/** A process that has ended counts as dead, too, when its new parent has not taken notice yet. */
function isAlive(pid: number): boolean {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

describe('a server that runs', () => {
  let dataFolder: string
  let server: ServerProcess
  beforeEach(async () => {
    dataFolder = makeDataFolder()
    server = await startServerProcess({ dataFolder })
  })
  afterEach(async () => {
    if (isAlive(server.pid)) await server.stop()
    removeDataFolder(dataFolder)
  })

  it('tells monitors about itself without a sign-in, and names no project', async () => {
    const health = await fetch(`${server.url}/healthz`)
    expect([health.status, await health.json()]).toEqual([200, { status: 'ok' }])
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200)
    const metrics = await (await fetch(`${server.url}/metrics`)).text()
    expect(metrics).toContain('faultline_items_total')
    expect(metrics).not.toContain('acme')
  })

  it('answers what is in flight when it is told to stop, ends with 0 and leaves no process behind', async () => {
    const postmaster = server.postmasterPid()
    const body = JSON.stringify({ message: 'on its way' })
    const { port } = new URL(server.url)
    const socket = connect(Number(port), '127.0.0.1')
    const answer = text(socket)
    socket.write(
      `POST /api/1/store/?sentry_key=${PROCESS_KEY} HTTP/1.1\r\nHost: localhost\r\n` +
        `Content-Length: ${body.length}\r\n\r\n${body.slice(0, 5)}`,
    )
    // A request that came later on the same process is answered: ours has arrived as well.
    await fetch(`${server.url}/healthz`)
    const stopped = server.stop()
    await until(() => server.output().includes('SIGTERM'), { what: 'the signal is heard' })
    await until(() => refusesConnections(Number(port)), { what: 'new connections are refused' })
    socket.write(body.slice(5))
    expect(await answer).toMatch(/^HTTP\/1\.1 200 OK/)
    expect(await stopped).toBe(0)
    expect(isAlive(postmaster)).toBe(false)

    server = await startServerProcess({ dataFolder })
    expect(await (await fetch(`${server.url}/readyz`)).json()).toEqual({ status: 'ok' })
  })

  it('refuses to share its data folder or its port, and goes on', async () => {
    const sameFolder = startInVain({ PORT: '0', FAULTLINE_DATA: dataFolder })
    expect(sameFolder.status).toBe(1)
    expect(sameFolder.sentences).toEqual([
      expect.stringMatching(new RegExp(`^Another Faultline \\(process ${server.pid}\\)`)),
    ])

    const { port } = new URL(server.url)
    const samePort = startInVain({ PORT: port, FAULTLINE_DATA: join(dataFolder, 'other') })
    expect(samePort.status).toBe(1)
    expect(samePort.sentences).toEqual([expect.stringMatching(new RegExp(`^Port ${port} of 127.0.0.1 is in use`))])
    expect(existsSync(join(dataFolder, 'other'))).toBe(false)

    expect((await fetch(`${server.url}/readyz`)).status).toBe(200)
  })

  it('runs beside another one with a port and a data folder of its own', async () => {
    const otherFolder = makeDataFolder()
    const other = await startServerProcess({ dataFolder: otherFolder })
    expect(other.postmasterPid()).not.toBe(server.postmasterPid())
    expect(await other.stop()).toBe(0)
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200)
    removeDataFolder(otherFolder)
  })

  it('says 503 while its database is away, and is ready again by itself', async () => {
    process.kill(server.postmasterPid(), 'SIGKILL')
    await until(() => server.output().includes('The database is back'), { withinMs: 60_000 })
    await until(async () => (await fetch(`${server.url}/readyz`)).status === 200)
  }, 90_000)

  it('stops the database of a process that was killed, and starts although the lock files name a living process', async () => {
    const postmaster = server.postmasterPid()
    await server.kill()
    expect(isAlive(postmaster)).toBe(true)
    server = await startServerProcess({ dataFolder })
    expect(server.output()).toContain('left behind')
    expect(isAlive(postmaster)).toBe(false)

    // PostgreSQL minds only processes of its own user.
    const { uid, gid } = statSync(`/proc/${server.postmasterPid()}`)
    await server.stop()
    const other = spawn('sleep', ['60'], { uid, gid, stdio: 'ignore' })
    writeFileSync(join(dataFolder, 'postgres/cluster/postmaster.pid'), `${other.pid}\n`)
    // As it is when the database was killed while it was being started again.
    writeFileSync(join(dataFolder, 'postgres/.s.PGSQL.5432.lock'), `${other.pid}\n`)
    server = await startServerProcess({ dataFolder })
    expect(other.exitCode).toBeNull()
    other.kill()
  })

  it('keeps its secret from other users, and warns of variables that come too late', async () => {
    expect(statSync(join(dataFolder, 'secret')).mode & 0o777).toBe(0o600)
    await server.stop()
    server = await startServerProcess({ dataFolder, variables: { FAULTLINE_PROJECT: 'other/project' } })
    expect(server.output()).toContain('FAULTLINE_PROJECT has no effect')
    expect(server.output()).not.toContain('FAULTLINE_CLIENT_KEY has no effect')
  })
})

function readPostmaster(dataFolder: string): number {
  return Number(readFileSync(join(dataFolder, 'postgres/cluster/postmaster.pid'), 'utf8').split('\n')[0])
}

function findProcessesIn(folder: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readlinkSync(`/proc/${pid}/cwd`).startsWith(folder)
    } catch {
      return false
    }
  })
}

async function refusesConnections(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  return new Promise((answer) => {
    socket.once('connect', () => answer(false)).once('error', () => answer(true))
  }).finally(() => socket.destroy()) as Promise<boolean>
}

describe('a server that cannot start', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'faultline-test-'))
    chmodSync(folder, 0o711)
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  it('tells all mistakes in its variables, one sentence each, and touches nothing', () => {
    const dataFolder = join(folder, 'data')
    const { status, stdout, sentences } = startInVain({
      FAULTLINE_DATA: dataFolder,
      PORT: 'http',
      FAULTLINE_RETENTION: '3',
    })
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
    expect(sentences).toEqual([
      'FAULTLINE_RETENTION is not a variable that Faultline knows.',
      'PORT must be a whole number from 0 to 65535.',
    ])
    expect(existsSync(dataFolder)).toBe(false)
  })

  it.each([
    ['that nobody answers at', 'postgres://user:secret@127.0.0.1:1/faultline'],
    ['whose host does not exist', 'postgres://user:secret@no-such-host.invalid/faultline'],
  ])('says which database it is %s', (_case, url) => {
    const { status, sentences } = startInVain({ PORT: '0', FAULTLINE_DATA: join(folder, 'data'), DATABASE_URL: url })
    expect(status).toBe(1)
    expect(sentences).toEqual([expect.stringMatching(/^The database faultline at .* cannot be opened as user: .*\.$/)])
    expect(sentences.join()).not.toContain('secret@')
  })

  it('says that its database went away meanwhile, leaves nothing running, and starts the next time', async () => {
    const dataFolder = join(folder, 'data')
    const variables = { PORT: '0', FAULTLINE_DATA: dataFolder, HOME: folder }
    const child = spawn(process.execPath, [MAIN, '--without-dashboard'], { env: variables })
    const complaint = text(child.stderr)
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (output += chunk))
    await until(() => output.includes('Bringing the database up to date'), { withinMs: 60_000 })
    process.kill(readPostmaster(dataFolder), 'SIGKILL')
    expect((await complaint).trim().split('\n')).toEqual([
      'The database went away while Faultline was starting: start it again.',
    ])
    await until(() => child.exitCode !== null)
    expect(child.exitCode).toBe(1)
    expect(findProcessesIn(dataFolder)).toEqual([])

    const server = await startServerProcess({ dataFolder })
    expect(await server.stop()).toBe(0)
  }, 120_000)

  it('says the same of one that ended before it was asked for the first time', async () => {
    const log = pino({ level: 'silent' })
    const stops = createStopList(log)
    const dataFolder = join(folder, 'data')
    mkdirSync(dataFolder)
    const addStop = (stopPart: () => unknown) => {
      stops.add(stopPart)
      const postmaster = readPostmaster(dataFolder)
      process.kill(postmaster, 'SIGKILL')
      while (isAlive(postmaster));
    }
    try {
      await expect(prepareDatabase({ connection: null, dataFolder }, addStop, log)).rejects.toThrow(
        'The database went away while Faultline was starting: start it again.',
      )
    } finally {
      await stops.run()
    }
    expect(findProcessesIn(dataFolder)).toEqual([])
  }, 120_000)

  it('says that its data folder cannot be used', () => {
    const file = join(folder, 'file')
    writeFileSync(file, '')
    const reasons = {
      [file]: 'it is a file, or lies below one',
      [join(file, 'data')]: 'it is a file, or lies below one',
      '/proc/faultline': 'it cannot be made there',
    }
    for (const [path, reason] of Object.entries(reasons)) {
      const { status, sentences } = startInVain({ PORT: '0', FAULTLINE_DATA: path })
      expect(status).toBe(1)
      expect(sentences).toEqual([
        `The data folder ${path} cannot be used (${reason}): set FAULTLINE_DATA to another one.`,
      ])
    }
  })

  it('says what is missing where npm was told to run no scripts', () => {
    const entry = 'server/setup/start.cjs'
    cpSync(join(import.meta.dirname, '../..', entry), join(folder, entry))
    const { status, stderr } = spawnSync(process.execPath, [join(folder, entry)], { encoding: 'utf8', env: {} })
    expect([status, stderr]).toEqual([
      1,
      expect.stringMatching(/^Faultline is not set up yet: run npm run setup\..*\n$/),
    ])
  })

  it('says that its address is not of this machine', () => {
    const { status, sentences } = startInVain({ PORT: '0', HOST: '192.0.2.1', FAULTLINE_DATA: join(folder, 'data') })
    expect(status).toBe(1)
    expect(sentences).toEqual([expect.stringMatching(/^HOST is 192\.0\.2\.1, which is no address of this machine/)])
  })
})
