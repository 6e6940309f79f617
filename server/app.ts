// The place that knows every part: it makes them, gives each what it needs, and stops them in the reverse order.
// Tests start the same thing with a configuration of their own.

import { createAuth } from './auth/auth.ts'
import type { Config } from './config.ts'
import { prepareDatabase } from './database/prepare-database.ts'
import { createPurge } from './database/purge.ts'
import { buildDsn } from './domain/client-key.ts'
import { doFirstStart, findFirstKey } from './first-start.ts'
import { createClientAddress } from './http/client-address.ts'
import { createHttp } from './http/create-http.ts'
import { listen } from './http/listener.ts'
import { registerApp } from './http/serve-app.ts'
import { createIngest } from './ingest/ingest.ts'
import { createJobs } from './jobs/jobs.ts'
import { createMonitorClock } from './jobs/monitor-clock.ts'
import type { Logger } from './log.ts'
import { createMail } from './mail/mail.ts'
import { createMetrics } from './metrics.ts'
import { createRealtime } from './realtime/realtime.ts'
import { announce } from './setup/announce.ts'
import { BUILD_FOLDER } from './setup/build-app.ts'
import { prepareDataFolder, readSecret } from './setup/data-folder.ts'
import { createStopList } from './setup/stop-list.ts'
import { resolveByHash } from './trackers/integrated/resolve-by-hash.ts'
import { registerWaysIn } from './ways-in.ts'

export interface App {
  /** @throws StartError; everything that was started by then is stopped again. */
  start(): Promise<{ url: string }>
  /** Answers what is in flight, writes what waits. A start under way is not waited for: the process is to end. */
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

export function createApp(config: Config, { log, prepareDashboard, clock = Date.now }: AppOptions): App {
  const stops = createStopList(log)
  let starting: Promise<{ url: string }> | null = null
  let stopping: Promise<void> | null = null

  async function start(): Promise<{ url: string }> {
    const listener = await listen(config.http.hosts, config.http.port)
    stops.add(() => listener.close(0))
    const url = config.http.publicUrl ?? `http://localhost:${listener.port}`
    const publicUrl = () => url
    const dashboard = prepareDashboard?.()
    dashboard?.catch(() => undefined)

    if (config.database === null || config.secret === null) prepareDataFolder(config.dataFolder)
    const secret = config.secret ?? readSecret(config.dataFolder)
    const place = { connection: config.database, dataFolder: config.dataFolder }
    const { database, isShared } = await prepareDatabase(place, stops.add, log)
    const { pool, prisma } = database

    const clientAddress = createClientAddress(config.http.trustedProxies)
    const realtime = createRealtime({ database, log, hasPeers: isShared })
    stops.add(() => realtime.stop())
    const { publish, onChanges } = realtime
    const mail = createMail({ config: config.mail, log })
    stops.add(() => mail.stop())
    const auth = createAuth({ prisma, publicUrl, secret, publish, onChanges, mail, oidc: config.oidc, log })
    stops.add(() => auth.stop())
    await doFirstStart({ database, auth, config: config.firstStart, secret, log })
    const purge = createPurge({ pool, log })
    stops.add(() => purge.stop())
    const jobs = createJobs({ pool, purge, retentionDays: config.retentionDays, log, clock: Date.now })
    stops.add(() => jobs.stop())
    await jobs.start()
    const ingest = createIngest({
      ...{ pool, publish, onChanges, eventsPerMinute: config.eventsPerMinute, log, clock },
      clientAddress: (request) => clientAddress(request) || null,
      onMonitorAlert: () => monitorClock.nudge(),
    })
    stops.add(() => ingest.stop())
    const monitorClock = createMonitorClock({
      ...{ pool, clock, log },
      reportFailure: ingest.reportMonitorFailure,
      resolveIssue: (projectId, hash) => resolveByHash(pool, realtime.publish, projectId, hash),
    })
    stops.add(() => monitorClock.stop())
    monitorClock.start()
    const metrics = createMetrics({ ingest: ingest.gauges, realtime: realtime.gauges, pool })

    const { fastify, onRequest, onUpgrade } = createHttp(log)
    stops.add(() => fastify.close())
    const waysIn = registerWaysIn(fastify, {
      ...{ database, auth, ingest, metrics, purge, mail, realtime, publish, clientAddress, publicUrl, clock, log },
      instance: config,
    })
    await dashboard
    registerApp(fastify, BUILD_FOLDER)
    await fastify.ready()
    stops.add(() => listener.close(REQUESTS_END_MAX_MS))
    stops.add(() => waysIn.stop())
    const key = await findFirstKey(pool)
    const dsn = key === null ? null : buildDsn(url, key.publicKey, key.projectId)
    const setupLink = await auth.setupLink()
    // Nothing is waited for from here on: once somebody was answered, a database that goes away is no failed start.
    // Ingest before Fastify, whose own work costs as much as all of ingest's.
    listener.open(
      (request, response) =>
        ingest.handles(request.url ?? '') ? ingest.handle(request, response) : onRequest(request, response),
      onUpgrade,
    )
    announce({ url, setupLink, dsn }, log)
    return { url }
  }

  return {
    start: () => (starting ??= start()),
    stop: () => (stopping ??= stops.run()),
  }
}
