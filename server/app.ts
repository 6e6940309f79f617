// The only place that knows every part: it makes them, gives each what it needs, and stops them in the reverse order.
// Tests start the same thing with a configuration of their own.

import packageJson from '../package.json' with { type: 'json' }
import { createAuth } from './auth/auth.ts'
import { registerAuth } from './auth/register-auth.ts'
import type { Config } from './config.ts'
import { openDatabase } from './database/client.ts'
import { startEmbeddedPostgres } from './database/embedded-postgres.ts'
import { migrateDatabase } from './database/migrate.ts'
import { buildDsn } from './domain/client-key.ts'
import { doFirstStart, findFirstKey } from './first-start.ts'
import { registerGraphql } from './graphql/serve.ts'
import { createClientAddress } from './http/client-address.ts'
import { createHttp } from './http/create-http.ts'
import { registerHealth } from './http/health.ts'
import { listen } from './http/listener.ts'
import { registerApp } from './http/serve-app.ts'
import { createIngest } from './ingest/ingest.ts'
import { createJobs } from './jobs/jobs.ts'
import type { Logger } from './log.ts'
import { createMetrics } from './metrics.ts'
import { createRealtime } from './realtime/realtime.ts'
import { announce } from './setup/announce.ts'
import { BUILD_FOLDER } from './setup/build-app.ts'
import { prepareDataFolder, readSecret } from './setup/data-folder.ts'
import { createTrackerChoice } from './trackers/choose-tracker.ts'
import { createIntegratedTracker } from './trackers/integrated/integrated-tracker.ts'

export interface App {
  /** @throws StartError; everything that was started by then is stopped again. */
  start(): Promise<{ url: string }>
  /** Answers what is in flight, writes what waits. Takes at most about 25 seconds. */
  stop(): Promise<void>
}

export interface AppOptions {
  log: Logger
  /** Waited for before pages are served; runs beside the start of the database. */
  prepareDashboard?: () => Promise<void>
  /** Milliseconds since the epoch: when events are received. */
  clock?: () => number
}

const REQUESTS_END_MAX_MS = 6_000
const STEP_MAX_MS = 12_000

export function createApp(config: Config, { log, prepareDashboard, clock = Date.now }: AppOptions): App {
  const stops: (() => unknown)[] = []
  let starting: Promise<{ url: string }> | null = null
  let stopping: Promise<void> | null = null

  async function start(): Promise<{ url: string }> {
    const listener = await listen(config.http.hosts, config.http.port)
    stops.push(() => listener.close(0))
    const url = config.http.publicUrl ?? `http://localhost:${listener.port}`
    const publicUrl = () => url
    const dashboard = prepareDashboard?.()
    dashboard?.catch(() => undefined)

    if (config.database === null || config.secret === null) prepareDataFolder(config.dataFolder)
    const secret = config.secret ?? readSecret(config.dataFolder)
    const embedded = config.database === null ? await startEmbeddedPostgres(config.dataFolder, log) : null
    if (embedded !== null) stops.push(() => embedded.stop())
    const connection = config.database ?? embedded!.connection
    await migrateDatabase(connection, log)
    const database = openDatabase(connection, log)
    stops.push(() => database.close())
    const { pool, prisma } = database

    const clientAddress = createClientAddress(config.http.trustedProxies)
    const realtime = createRealtime({ database, log, hasPeers: embedded === null })
    stops.push(() => realtime.stop())
    const auth = createAuth({ prisma, publicUrl, secret, log })
    stops.push(() => auth.stop())
    await doFirstStart({ database, auth, config: config.firstStart, secret, log })
    const jobs = createJobs({ pool, retentionDays: config.retentionDays, log, clock: Date.now })
    stops.push(() => jobs.stop())
    await jobs.start()
    const ingest = createIngest({
      pool,
      publish: realtime.publish,
      onChanges: realtime.onChanges,
      clientAddress: (request) => clientAddress(request) || null,
      log,
      clock,
    })
    stops.push(() => ingest.stop())
    const metrics = createMetrics({
      ingest: ingest.gauges,
      realtime: realtime.gauges,
      database: () => ({
        connections: pool.totalCount,
        idleConnections: pool.idleCount,
        waitingForConnection: pool.waitingCount,
      }),
    })

    const { fastify, onRequest, onUpgrade } = createHttp(log)
    stops.push(() => fastify.close())
    registerHealth(fastify, { pool, metrics })
    registerAuth(fastify, { auth, clientAddress })
    const { publish, onChanges } = realtime
    const integrated = createIntegratedTracker({ pool, publish, onChanges, clock })
    const graphql = registerGraphql(fastify, {
      ...{ database, auth, realtime, publish, log, publicUrl, clock },
      trackerOf: createTrackerChoice({ integrated }),
      version: packageJson.version,
    })
    await dashboard
    registerApp(fastify, BUILD_FOLDER)
    await fastify.ready()
    stops.push(() => listener.close(REQUESTS_END_MAX_MS))
    stops.push(() => graphql.stop())
    // Ingest before Fastify, whose own work costs as much as all of ingest's.
    listener.open(
      (request, response) =>
        ingest.handles(request.url ?? '') ? ingest.handle(request, response) : onRequest(request, response),
      onUpgrade,
    )
    const key = await findFirstKey(pool)
    const dsn = key === null ? null : buildDsn(url, key.publicKey, key.projectId)
    announce({ url, setupLink: await auth.setupLink(), dsn }, log)
    return { url }
  }

  async function stop(): Promise<void> {
    await starting?.catch(() => undefined)
    for (const stopPart of stops.reverse()) {
      await withinTime(stopPart).catch((error: unknown) =>
        log.error({ err: error }, 'a part did not stop as it should'),
      )
    }
  }

  return {
    start: () => (starting ??= start()),
    stop: () => (stopping ??= stop()),
  }
}

/** A part that hangs must not keep the others from stopping. The database has a limit of its own. */
async function withinTime(stopPart: () => unknown): Promise<void> {
  const { promise: tooLate, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, STEP_MAX_MS)
  await Promise.race([Promise.resolve().then(stopPart), tooLate]).finally(() => clearTimeout(timer))
}
