// The real app on a port of its own, with a database of its own, an owner, a token, and a project with a key. What a
// test finds in it, that test has put there.

import { randomBytes, randomUUID } from 'node:crypto'
import { pino } from 'pino'
import { inject } from 'vitest'
import { createApp } from '../../server/app.ts'
import { readConfig } from '../../server/config.ts'
import { openDatabase } from '../../server/database/client.ts'
import type { Database } from '../../server/database/client.ts'
import type { DatabaseConnection } from '../../server/database/connection.ts'
import { createApiClient } from './api-client.ts'
import type { ApiClient } from './api-client.ts'
import { createLogRecorder } from './log-recorder.ts'
import type { LogRecorder } from './log-recorder.ts'
import { makeEnvelope, makeEvent } from './make-event.ts'
import type { TestEvent } from './make-event.ts'
import { copyTemplate } from './copy-template.ts'

export interface SeededProject {
  number: number
  path: string
  publicKey: string
  dsn: string
}

export interface TestServer extends Omit<ApiClient, 'stop'> {
  /** Without a slash at its end. */
  url: string
  owner: { email: string; password: string }
  /** The owner's, with scope `api`. */
  token: string
  /** `acme/shop`, number 1. */
  project: SeededProject
  /** Past the app, to look at rows. */
  database: Database
  connection: DatabaseConnection
  log: LogRecorder
  seed: {
    project(path?: string): { withClientKey(publicKey?: string): Promise<SeededProject> }
  }
  /** Posts an event as an envelope; @throws Error unless it is answered 200. @returns the event's id. */
  sendEvent(event?: TestEvent, project?: SeededProject): Promise<string>
  /** Posts any body, with the key in a header unless `headers` says otherwise. */
  sendEnvelope(body: BodyInit, headers?: Record<string, string>, project?: SeededProject): Promise<Response>
  sendStore(body: BodyInit, headers?: Record<string, string>, project?: SeededProject): Promise<Response>
  /** @throws Error when an error was logged that no test expected. */
  stop(): Promise<void>
}

export interface TestServerOptions {
  /** Milliseconds since the epoch: when events are received. */
  clock?: () => number
  /** Variables as an operator would set them. */
  variables?: Record<string, string>
  /** Builds the dashboard first, for tests with a browser. */
  prepareDashboard?: () => Promise<void>
  /** Where browsers reach it from; default all of localhost's names. */
  publicUrl?: string
  /** Another process of the same installation: on the database of this server, with its project and key. */
  beside?: TestServer
}

const OWNER = { email: 'owner@example.com', password: 'correct horse battery' }
const FIRST_KEY = '0123456789abcdef0123456789abcdef'

export async function createTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const connection =
    options.beside?.connection ?? (await copyTemplate(inject('template'), `faultline_test_${randomUUID()}`))
  const token = options.beside?.token ?? `flt_${randomBytes(20).toString('hex')}`
  const variables = {
    PORT: '0',
    FAULTLINE_SECRET: randomBytes(32).toString('base64'),
    FAULTLINE_OWNER_EMAIL: OWNER.email,
    FAULTLINE_OWNER_PASSWORD: OWNER.password,
    FAULTLINE_OWNER_TOKEN: token,
    FAULTLINE_PROJECT: 'acme/shop',
    FAULTLINE_CLIENT_KEY: FIRST_KEY,
    ...options.variables,
  }
  const log = createLogRecorder()
  const app = createApp(
    { ...readConfig(variables), database: connection },
    { log: log.log, clock: options.clock, prepareDashboard: options.prepareDashboard },
  )
  const { url } = await app.start()
  const database = openDatabase(connection, pino({ level: 'silent' }), { connectionsMax: 2 })
  const api = createApiClient(url, token)
  const describeProject = (number: number, path: string, publicKey: string): SeededProject => ({
    number,
    path,
    publicKey,
    dsn: `${url.replace('://', `://${publicKey}@`)}/${number}`,
  })
  const firstProject = describeProject(1, variables.FAULTLINE_PROJECT, variables.FAULTLINE_CLIENT_KEY)

  function post(endpoint: string, body: BodyInit, headers: Record<string, string>, project: SeededProject) {
    return fetch(`${url}/api/${project.number}/${endpoint}/`, {
      method: 'POST',
      headers: { 'X-Sentry-Auth': `Sentry sentry_version=7, sentry_key=${project.publicKey}`, ...headers },
      body,
    })
  }

  return {
    ...api,
    url,
    owner: OWNER,
    token,
    project: firstProject,
    database,
    connection,
    log,
    seed: {
      project: (path = `group-${randomUUID()}/project`) => ({
        withClientKey: async (publicKey = randomBytes(16).toString('hex')) =>
          describeProject(await createProject(database, path, publicKey), path, publicKey),
      }),
    },
    sendEvent: async (event = makeEvent(), project = firstProject) => {
      const response = await post('envelope', makeEnvelope(event), {}, project)
      if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`)
      return ((await response.json()) as { id: string }).id
    },
    sendEnvelope: (body, headers = {}, project = firstProject) => post('envelope', body, headers, project),
    sendStore: (body, headers = {}, project = firstProject) => post('store', body, headers, project),
    stop: async () => {
      await api.stop()
      await app.stop()
      await database.close()
      log.check()
    },
  }
}

async function createProject({ prisma }: Database, path: string, publicKey: string): Promise<number> {
  const [group = '', slug = ''] = path.split('/')
  const { id } = await prisma.project.create({
    data: {
      slug,
      name: slug,
      trackingEnabled: true,
      trackingConfiguredAt: new Date(),
      group: { connectOrCreate: { where: { name: group }, create: { name: group } } },
      clientKeys: { create: { publicKey } },
    },
  })
  return id
}
