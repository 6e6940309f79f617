// What a project sets for itself, by GraphQL: who may, what is wrong with it, and that every process holds to it.

import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createApiClient, type ApiClient } from '../support/api-client.ts'
import { createTestServer, type SeededProject, type TestServer } from '../support/create-test-server.ts'
import { makeEnvelope, makeEvent } from '../support/make-event.ts'
import { until } from '../support/until.ts'

let server: TestServer
const clients: ApiClient[] = []
beforeAll(async () => {
  server = await createTestServer({ variables: { FAULTLINE_RETENTION_DAYS: '30', FAULTLINE_EVENTS_PER_MINUTE: '500' } })
})
afterAll(async () => {
  for (const client of clients) await client.stop()
  await server.stop()
})

const SETTINGS = `filters { browserExtensions crawlers localhost releases releaseMin messages addresses }
  scrubbing { enabled sensitiveFields safeFields removesAddresses }
  limits { eventsPerMinute eventsPerMinuteDefault eventsPerMinuteHardMax } retentionDays retentionDaysMax`
const READ = `query ($path: String!) { project(path: $path) { id settings { ${SETTINGS} } } }`
const UPDATE = `mutation ($input: UpdateProjectSettingsInput!) {
  updateProjectSettings(input: $input) { project { id settings { ${SETTINGS} } } } }`

interface Settings {
  filters: object
  scrubbing: object
  limits: object
  retentionDays: number | null
}

async function read({ path }: SeededProject): Promise<{ id: string; settings: Settings }> {
  return (await server.gql<{ project: { id: string; settings: Settings } }>(READ, { path })).project
}

async function update(project: SeededProject, change: object): Promise<Settings> {
  const { id } = await read(project)
  const { updateProjectSettings } = await server.gql<{
    updateProjectSettings: { project: { settings: Settings } }
  }>(UPDATE, { input: { project: id, ...change } })
  return updateProjectSettings.project.settings
}

/** The status and the outcome that an event of this server has by now. */
const send = async (to: TestServer, project: SeededProject, event = makeEvent()) =>
  (await to.sendEnvelope(makeEnvelope(event), {}, project)).status

describe.concurrent('the settings of a project', () => {
  it('filter nothing, scrub, and have the limits and the retention of the instance to begin with', async () => {
    const project = await server.seed.project().withClientKey()
    expect((await read(project)).settings).toEqual({
      filters: {
        browserExtensions: false,
        crawlers: false,
        localhost: false,
        releases: [],
        releaseMin: null,
        messages: [],
        addresses: [],
      },
      scrubbing: { enabled: true, sensitiveFields: [], safeFields: [], removesAddresses: false },
      limits: { eventsPerMinute: null, eventsPerMinuteDefault: 500, eventsPerMinuteHardMax: null },
      retentionDays: null,
      retentionDaysMax: 30,
    })
  })

  it('are changed part by part, and each part stays as it was left', async () => {
    const project = await server.seed.project().withClientKey()
    await update(project, { filters: { crawlers: true, messages: ['  a*b ', 'a*b', ''] } })
    await update(project, { scrubbing: { sensitiveFields: ['iban'] }, limits: { eventsPerMinuteHardMax: 600 } })
    await update(project, { filters: { localhost: true, releaseMin: 'shop@2.0' }, retentionDays: 7 })
    const settings = await update(project, { limits: { eventsPerMinute: 0 } })
    expect(settings).toMatchObject({
      filters: { crawlers: true, localhost: true, messages: ['a*b'], releaseMin: 'shop@2.0' },
      scrubbing: { enabled: true, sensitiveFields: ['iban'] },
      limits: { eventsPerMinute: 0, eventsPerMinuteHardMax: 600 },
      retentionDays: 7,
    })
    expect((await read(project)).settings).toEqual(settings)
    expect((await update(project, { retentionDays: null })).retentionDays).toBeNull()
  })

  it('are not changed at all when any of it is wrong, and all that is wrong is told with its field', async () => {
    const project = await server.seed.project().withClientKey()
    const { id, settings: before } = await read(project)
    const change = {
      filters: { crawlers: true, addresses: ['10.0.0.0/8', 'nonsense'], releaseMin: 'main' },
      limits: { eventsPerMinute: -1 },
      retentionDays: 31,
    }
    const { errors } = await server.ask(UPDATE, { input: { project: id, ...change } })
    expect(errors).toEqual([
      expect.objectContaining({
        extensions: {
          code: 'INVALID',
          fields: [
            {
              field: 'filters.addresses',
              message: '"nonsense" is no IP address or range. Write it like 192.0.2.1, 10.0.0.0/8 or 2001:db8::/32.',
            },
            { field: 'limits.eventsPerMinute', message: 'A whole number from 0 to 100,000,000, not -1.' },
            { field: 'retentionDays', message: 'A whole number from 1 to 30, not 31.' },
            {
              field: 'filters.releaseMin',
              message: '"main" is no version. Write it like 2.4.0 or shop@2.4.0.',
            },
          ],
        },
      }),
    ])
    expect((await read(project)).settings).toEqual(before)
  })

  it('changed by two people at once keep what both changed', async () => {
    const project = await server.seed.project().withClientKey()
    await Promise.all([
      update(project, { filters: { crawlers: true } }),
      update(project, { filters: { localhost: true } }),
      update(project, { retentionDays: 3 }),
    ])
    expect((await read(project)).settings).toMatchObject({
      filters: { crawlers: true, localhost: true },
      retentionDays: 3,
    })
  })

  it('are for maintainers: a developer neither reads nor changes them', async () => {
    const project = await server.seed.project().withClientKey()
    const { id } = await read(project)
    const connect = async (role: string) => {
      const { createAccessToken } = await server.gql<{ createAccessToken: { secret: string } }>(
        `mutation ($project: ID!, $role: Role!) { createAccessToken(
           input: { name: "robot", scopes: ["api"], project: $project, role: $role }) { secret } }`,
        { project: id, role },
      )
      const client = createApiClient(server.url, createAccessToken.secret)
      clients.push(client)
      return client
    }
    const input = { project: id, filters: { crawlers: true } }
    const [developer, maintainer] = await Promise.all([connect('DEVELOPER'), connect('MAINTAINER')])
    for (const answer of [await developer.ask(READ, { path: project.path }), await developer.ask(UPDATE, { input })]) {
      expect(answer.errors?.[0]?.extensions?.code).toBe('FORBIDDEN')
    }
    expect((await maintainer.ask(UPDATE, { input })).errors).toBeUndefined()
    const absent = await server.ask(UPDATE, { input: { ...input, project: btoa('Project:999999') } })
    expect(absent.errors?.[0]?.extensions?.code).toBe('NOT_FOUND')
  })

  it('are written down when they change, with what they were', async () => {
    const project = await server.seed.project().withClientKey()
    await update(project, { filters: { crawlers: true, messages: ['x*'] }, retentionDays: 7 })
    await update(project, { filters: { crawlers: true } })
    const entries = await server.database.prisma.auditEntry.findMany({
      where: { projectId: project.number, action: 'project.update_settings' },
    })
    expect(entries.map(({ target, changes }) => ({ target, changes }))).toEqual([
      {
        target: project.path,
        changes: {
          'filters.crawlers': { from: false, to: true },
          'filters.messages': { from: [], to: ['x*'] },
          retentionDays: { from: null, to: 7 },
        },
      },
    ])
  })
})

describe('a change of settings', () => {
  it('holds at once here, and soon in another process', async () => {
    const other = await createTestServer({ beside: server })
    try {
      const project = await server.seed.project().withClientKey()
      const countFiltered = async () => {
        const { rows } = await server.database.pool.query<{ sum: number | null }>(
          `SELECT sum(quantity)::int AS sum FROM outcome WHERE project_id = $1 AND reason = 'filtered_messages'`,
          [project.number],
        )
        return rows[0]?.sum ?? 0
      }
      const countEvents = () =>
        server.database.pool
          .query<{ count: number }>('SELECT count(*)::int AS count FROM event WHERE project_id = $1', [project.number])
          .then(({ rows }) => rows[0]?.count ?? 0)
      expect(await send(server, project)).toBe(200)
      expect(await send(other, project)).toBe(200)
      expect(await countEvents()).toBe(2)

      await update(project, { filters: { messages: ['TestError*'] } })
      expect(await send(server, project)).toBe(200)
      expect(await countEvents()).toBe(2)
      let sent = 1
      await until(async () => {
        const before = await countEvents()
        await send(other, project)
        sent += 1
        return (await countEvents()) === before
      })
      const stored = (await countEvents()) - 2
      await until(async () => (await countFiltered()) === sent - stored)
    } finally {
      await other.stop()
    }
  })

  it('of limits holds for the next event: refused over the hard one, counted over the soft one', async () => {
    const project = await server.seed.project().withClientKey()
    await update(project, { limits: { eventsPerMinute: 1, eventsPerMinuteHardMax: 3 } })
    const statuses = []
    for (let index = 0; index < 4; index += 1) statuses.push(await send(server, project))
    expect(statuses).toEqual([200, 200, 200, 429])
    await update(project, { limits: { eventsPerMinute: null, eventsPerMinuteHardMax: null } })
    expect(await send(server, project)).toBe(200)
  })

  it('of scrubbing holds for the next event', async () => {
    const project = await server.seed.project().withClientKey()
    const sendExtra = async () => {
      const event = makeEvent({ extra: { iban: 'DE02', auth_kind: 'saml' } })
      await server.sendEvent(event, project)
      const { project: found } = await server.gql<{
        project: { issues: { nodes: { latestEvent: { extra: object } }[] } }
      }>('query ($path: String!) { project(path: $path) { issues { nodes { latestEvent { extra } } } } }', {
        path: project.path,
      })
      return found.issues.nodes[0]?.latestEvent.extra
    }
    expect(await sendExtra()).toEqual({ iban: 'DE02', auth_kind: '[Filtered]' })
    await update(project, { scrubbing: { sensitiveFields: ['iban'], safeFields: ['auth_kind'] } })
    expect(await sendExtra()).toEqual({ iban: '[Filtered]', auth_kind: 'saml' })
  })

  it('costs as many statements whatever is in it, and reading them none beside the project', async () => {
    const project = await server.seed.project(`acme/${randomUUID()}`).withClientKey()
    const { id } = await read(project)
    const count = async (work: () => Promise<unknown>): Promise<string[]> => {
      const spy = vi.spyOn(pg.Client.prototype, 'query')
      try {
        await work()
        return (spy.mock.calls as unknown as [string | { text: string }][])
          .map(([config]) => (typeof config === 'string' ? config : config.text))
          .filter((text) => /\b(project|audit_entry)\b/i.test(text) && !/client_key|token/i.test(text))
      } finally {
        spy.mockRestore()
      }
    }
    const reading = await count(() => read(project))
    expect(reading.length, reading.join('\n')).toBe(1)
    const input = (filters: object) => ({ input: { project: id, filters } })
    const one = await count(() => server.gql(UPDATE, input({ crawlers: true })))
    const messages = Array.from({ length: 50 }, (_, index) => `pattern ${index}*`)
    const many = await count(() => server.gql(UPDATE, input({ messages, localhost: true, releaseMin: '1.0' })))
    expect(many.length, many.join('\n')).toBe(one.length)
    expect(many.length).toBeLessThanOrEqual(8)
  })
})
