import { randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest'
import { createApp } from '../../server/app.ts'
import { createAuth, type Auth } from '../../server/auth/auth.ts'
import { readConfig, type FirstStartConfig } from '../../server/config.ts'
import { createMail } from '../../server/mail/mail.ts'
import { openDatabase, type Database } from '../../server/database/client.ts'
import { doFirstStart, findFirstKey } from '../../server/first-start.ts'
import { copyTemplate } from '../support/copy-template.ts'
import { createLogRecorder, type LogRecorder } from '../support/log-recorder.ts'
import { until } from '../support/until.ts'

const secret = randomBytes(32)
const VARIABLES = {
  FAULTLINE_OWNER_EMAIL: 'Owner@Example.com',
  FAULTLINE_OWNER_PASSWORD: 'correct horse battery',
  FAULTLINE_OWNER_TOKEN: 'a-token-of-enough-characters',
  FAULTLINE_PROJECT: 'acme/shop',
  FAULTLINE_CLIENT_KEY: 'glet_0123456789',
}

describe('doFirstStart', () => {
  let database: Database
  let auth: Auth
  let recorder: LogRecorder
  beforeEach(async () => {
    recorder = createLogRecorder()
    database = openDatabase(await copyTemplate(inject('template'), `faultline_first_${randomUUID()}`), recorder.log)
    const { log } = recorder
    const nobody = { publish: () => undefined, onChanges: () => undefined, mail: createMail({ config: null, log }) }
    const publicUrl = () => 'http://localhost:4000'
    auth = createAuth({ prisma: database.prisma, publicUrl, secret, ...nobody, log })
  })
  afterEach(async () => {
    await auth.stop()
    await database.close()
    recorder.check()
  })

  function start(variables: Record<string, string>): Promise<void> {
    const config: FirstStartConfig = readConfig(variables).firstStart
    return doFirstStart({ database, auth, config, secret, log: recorder.log })
  }

  const warnings = () => recorder.lines.filter(({ level }) => level === 40).map(({ msg }) => msg)

  it('makes a first project with a key, ready for events, where nothing is said', async () => {
    await start({})
    const project = await database.prisma.project.findFirstOrThrow({ include: { group: true, clientKeys: true } })
    expect(project).toMatchObject({ trackingEnabled: true, slug: 'my-app', group: { name: 'my-team' } })
    expect(await findFirstKey(database.pool)).toEqual({
      projectId: project.id,
      publicKey: project.clientKeys[0]?.publicKey,
    })
    expect(await auth.owner.exists()).toBe(false)
  })

  it('makes the owner, the token, the project and the key that the variables name', async () => {
    await start(VARIABLES)
    const project = await database.prisma.project.findFirstOrThrow({ include: { group: true, clientKeys: true } })
    expect([project.group.name, project.slug, project.clientKeys[0]?.publicKey]).toEqual([
      'acme',
      'shop',
      'glet_0123456789',
    ])
    const viewer = await auth.authenticate({ headers: { authorization: `Bearer ${VARIABLES.FAULTLINE_OWNER_TOKEN}` } })
    expect(viewer).toMatchObject({ email: 'owner@example.com', isOwner: true })
  })

  it('is in the audit log, as the operator’s doing, without a secret', async () => {
    await start(VARIABLES)
    await start(VARIABLES)
    const entries = await database.prisma.auditEntry.findMany({ orderBy: { id: 'asc' } })
    expect(entries.map(({ action, target, actorName, projectId }) => [action, target, actorName, projectId])).toEqual([
      ['group.create', 'acme', 'operator', null],
      ['project.create', 'acme/shop', 'operator', 1],
      ['error_tracking.enable', 'acme/shop', 'operator', 1],
      ['client_key.create', 'glet_012…', 'operator', 1],
      ['user.create', 'owner@example.com', 'operator', null],
      ['access_token.create', 'FAULTLINE_OWNER_TOKEN', 'operator', null],
    ])
    const text = JSON.stringify(entries, (_name, value: unknown) => (typeof value === 'bigint' ? Number(value) : value))
    for (const value of Object.values(VARIABLES).slice(1, 3)) expect(text).not.toContain(value)
    expect(text).not.toContain(VARIABLES.FAULTLINE_CLIENT_KEY)
  })

  it('is done once by processes that start together, and never again', async () => {
    await Promise.all([start(VARIABLES), start(VARIABLES), start(VARIABLES)])
    await database.prisma.clientKey.deleteMany()
    await start(VARIABLES)
    expect(await database.prisma.project.count()).toBe(1)
    expect(await database.prisma.user.count()).toBe(1)
    expect(await findFirstKey(database.pool)).toBeNull()
    expect(warnings()).toEqual([])
  })

  it('goes on where an earlier first start was interrupted', async () => {
    await start(VARIABLES)
    await database.prisma.setting.delete({ where: { name: 'first_start' } })
    await start(VARIABLES)
    expect(await database.prisma.clientKey.count()).toBe(1)
    expect(await database.prisma.user.count()).toBe(1)
  })

  it('warns of variables that say something else later, by their names only', async () => {
    await start(VARIABLES)
    await start({ ...VARIABLES, FAULTLINE_OWNER_PASSWORD: 'another password', FAULTLINE_PROJECT: 'acme/other' })
    expect(warnings()).toHaveLength(2)
    expect(warnings().join()).toMatch(/FAULTLINE_OWNER_PASSWORD has no effect.*FAULTLINE_PROJECT has no effect/)
    expect(warnings().join()).not.toContain('another')
    await start({})
    expect(warnings()).toHaveLength(2)
    expect(await database.prisma.project.count()).toBe(1)
  })
})

it('has nothing left to ask of the database when the first request is answered: it cannot fail any more', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const { port } = other.address() as AddressInfo
  other.close()
  await once(other, 'close')
  const recorder = createLogRecorder()
  const variables = { PORT: String(port), HOST: '127.0.0.1', FAULTLINE_SECRET: secret.toString('base64') }
  const connection = await copyTemplate(inject('template'), `faultline_first_${randomUUID()}`)
  const app = createApp({ ...readConfig(variables), database: connection }, { log: recorder.log })
  const starting = app.start()
  // Waits from when somebody listens until everything is up.
  const status = await until(() =>
    fetch(`http://127.0.0.1:${port}/healthz`).then(
      (r) => r.status,
      () => null,
    ),
  )
  const isAnnounced = recorder.lines.some(({ msg }) => msg?.startsWith('Faultline is ready'))
  await starting
  await app.stop()
  expect([status, isAnnounced]).toEqual([200, true])
  recorder.check()
})
