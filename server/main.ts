// Starts the process and ends it: on SIGTERM, SIGINT (Ctrl-C) or SIGHUP in order and with status 0, after a mistake of
// the operator's with one sentence and status 1, after a bug of ours with its trace and status 1.

import { createApp } from './app.ts'
import { ConfigError, readConfig, type Config } from './config.ts'
import { isDatabaseAway } from './database/is-database-away.ts'
import { databaseWentAway, StartError } from './errors.ts'
import { createLog } from './log.ts'
import { buildAppIfStale } from './setup/build-app.ts'

const STOP_MAX_MS = 25_000
const SAME_SIGNAL_MAX_MS = 500

const config = readConfigOrExit()
const log = createLog(config.logLevel)
// Others must be able to enter the folders that PostgreSQL's binaries are copied to; what is secret says so itself.
process.umask(0o022)

// In development Vite serves the pages.
const isDashboardServed = !process.argv.includes('--without-dashboard')
const app = createApp(config, { log, ...(isDashboardServed && { prepareDashboard: () => buildAppIfStale(log) }) })
let isStopping = false
let signalledAt = 0

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
  process.on(signal, () => {
    // Whoever asks twice does not want to wait. The embedded database is told to stop as the process exits. npm passes
    // a terminal's Ctrl-C on, which has reached us already: that is not asking twice.
    if (isStopping && Date.now() - signalledAt > SAME_SIGNAL_MAX_MS) process.exit(130)
    if (isStopping) return
    signalledAt = Date.now()
    log.info(`${signal}: answering what is in flight, then stopping`)
    void stopAndExit(0)
  })
}
process.on('uncaughtException', (error) => {
  log.fatal({ err: error }, 'a bug: the process ends')
  void stopAndExit(1)
})

try {
  await app.start()
} catch (error) {
  if (!isStopping) {
    process.stderr.write(`${describeFailure(error)}\n`)
    void stopAndExit(1)
  }
}

async function stopAndExit(status: number): Promise<void> {
  if (isStopping) return
  isStopping = true
  setTimeout(() => process.exit(1), STOP_MAX_MS).unref()
  await app.stop()
  process.exit(status)
}

function readConfigOrExit(): Config {
  try {
    return readConfig()
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    process.stderr.write(`${error.mistakes.join('\n')}\n`)
    process.exit(1)
  }
}

function describeFailure(error: unknown): string {
  if (error instanceof StartError) return error.message
  if (isDatabaseAway(error)) return databaseWentAway(error).message
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
