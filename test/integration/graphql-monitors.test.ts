// Monitors as GraphQL tells them, and what one may do to them.

import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createApiClient, type ApiClient } from '../support/api-client.ts'
import { countStatements } from '../support/count-statements.ts'
import { createTestServer, type SeededProject, type TestServer } from '../support/create-test-server.ts'
import { readEnvironments } from '../support/read-monitors.ts'
import { until } from '../support/until.ts'

const NOW_MS = Date.parse('2026-11-25T12:00:00Z')
let nowMs = NOW_MS
let server: TestServer
const clients: ApiClient[] = []
beforeAll(async () => {
  server = await createTestServer({ clock: () => nowMs })
})
afterAll(async () => {
  for (const client of clients) await client.stop()
  await server.stop()
})

const makeId = () => randomUUID().replaceAll('-', '')
const CRONTAB = { schedule: { type: 'crontab', value: '0 3 * * *' }, timezone: 'Europe/Berlin', checkin_margin: 5 }
const HOURLY = { schedule: { type: 'interval', value: 2, unit: 'hour' } }

async function send(project: SeededProject, fields: Record<string, unknown>): Promise<void> {
  const body = `{}\n{"type":"check_in"}\n${JSON.stringify({ monitor_slug: 'job', status: 'ok', ...fields })}\n`
  expect((await server.sendEnvelope(body, {}, project)).status).toBe(200)
}

const FIELDS = `id slug name schedule timezone checkInMarginMinutes maxRuntimeMinutes failureIssueThreshold recoveryThreshold
  pausedAt createdAt environments { name status lastCheckInAt nextExpectedAt failingSince issue { title status }
    checkIns { id status startedAt finishedAt durationMs release } }`
const LIST = `query ($path: String!) { project(path: $path) { monitors { ${FIELDS} } } }`

interface Monitor {
  id: string
  slug: string
  pausedAt: string | null
  environments: { name: string; status: string; nextExpectedAt: string | null; checkIns: { id: string }[] }[]
  [field: string]: unknown
}

async function list({ path }: SeededProject): Promise<Monitor[]> {
  return (await server.gql<{ project: { monitors: Monitor[] } }>(LIST, { path })).project.monitors
}
async function readOnly(project: SeededProject): Promise<Monitor> {
  const monitors = await list(project)
  expect(monitors).toHaveLength(1)
  return monitors[0] as Monitor
}
const change = (name: string, monitor: string, api: Pick<ApiClient, 'ask'> = server) =>
  api.ask(`mutation ($monitor: ID!) { ${name}(input: { monitor: $monitor }) { __typename } }`, { monitor })

describe('the monitors of a project', () => {
  it('tell their schedule, how each environment does, and its check-ins', async () => {
    const project = await server.seed.project().withClientKey()
    const [first, second] = [makeId(), makeId()]
    await send(project, {
      check_in_id: first,
      duration: 2,
      release: 'shop@1',
      monitor_slug: 'Nightly',
      monitor_config: CRONTAB,
    })
    nowMs += 60_000
    await send(project, { check_in_id: second, status: 'in_progress', monitor_slug: 'nightly' })
    nowMs = NOW_MS
    expect(await list(project)).toEqual([
      {
        id: expect.any(String) as string,
        ...{ slug: 'nightly', name: 'Nightly', schedule: '0 3 * * *', timezone: 'Europe/Berlin' },
        ...{ checkInMarginMinutes: 5, maxRuntimeMinutes: 30, failureIssueThreshold: 1, recoveryThreshold: 1 },
        ...{ pausedAt: null, createdAt: '2026-11-25T12:00:00.000Z' },
        environments: [
          {
            ...{ name: 'production', status: 'IN_PROGRESS', lastCheckInAt: '2026-11-25T12:01:00.000Z' },
            ...{ nextExpectedAt: '2026-11-26T02:00:00.000Z', failingSince: null, issue: null },
            checkIns: [
              {
                ...{ id: second, status: 'IN_PROGRESS', startedAt: '2026-11-25T12:01:00.000Z' },
                ...{ finishedAt: null, durationMs: null, release: null },
              },
              {
                ...{ id: first, status: 'OK', startedAt: '2026-11-25T12:00:00.000Z' },
                ...{ finishedAt: '2026-11-25T12:00:00.000Z', durationMs: 2_000, release: 'shop@1' },
              },
            ],
          },
        ],
      },
    ])
  })

  it('are in the order of their names, and a node each', async () => {
    const project = await server.seed.project().withClientKey()
    for (const slug of ['b', 'c', 'a']) await send(project, { monitor_slug: slug, monitor_config: HOURLY })
    const monitors = await list(project)
    expect(monitors.map(({ slug, schedule }) => [slug, schedule])).toEqual([
      ['a', 'every 2 hours'],
      ['b', 'every 2 hours'],
      ['c', 'every 2 hours'],
    ])
    const query = 'query ($id: ID!) { node(id: $id) { __typename ... on Monitor { slug environments { name } } } }'
    expect(await server.gql(query, { id: monitors[0]?.id })).toEqual({
      node: { __typename: 'Monitor', slug: 'a', environments: [{ name: 'production' }] },
    })
    for (const key of ['1', '1.x', `0.${randomUUID()}`, `${project.number}.${randomUUID()}`]) {
      const id = Buffer.from(`Monitor:${key}`).toString('base64url')
      expect(await server.gql(query, { id })).toEqual({ node: null })
    }
  })

  it('name the issue of a failure', async () => {
    const project = await server.seed.project().withClientKey()
    await send(project, { status: 'error', monitor_config: HOURLY })
    const environment = await until(async () => {
      const found = (await readOnly(project)).environments[0]
      return found !== undefined && found['issue' as keyof typeof found] !== null && found
    })
    expect(environment).toMatchObject({
      failingSince: '2026-11-25T12:00:00.000Z',
      issue: { title: 'Monitor "job" reported an error', status: 'UNRESOLVED' },
    })
  })

  it('give so many check-ins as are asked for, up to a hundred', async () => {
    const project = await server.seed.project().withClientKey()
    for (let i = 0; i < 3; i += 1) await send(project, { monitor_config: HOURLY })
    const ask = (first: number) =>
      server.ask(
        'query ($path: String!, $first: Int) { project(path: $path) { monitors { environments { checkIns(first: $first) { id } } } } }',
        { path: project.path, first },
      )
    const { data } = (await ask(2)) as { data: { project: { monitors: Monitor[] } } }
    expect(data.project.monitors[0]?.environments[0]?.checkIns).toHaveLength(2)
    for (const first of [0, 101]) expect((await ask(first)).errors?.[0]?.extensions?.code).toBe('INVALID')
  })

  it('cost as many statements however many there are', async () => {
    const [one, many] = [await server.seed.project().withClientKey(), await server.seed.project().withClientKey()]
    await send(one, { status: 'error', monitor_config: HOURLY })
    for (const slug of ['a', 'b', 'c', 'd']) {
      for (const environment of ['production', 'staging']) {
        await send(many, { monitor_slug: slug, environment, status: 'error', monitor_config: HOURLY })
      }
    }
    const haveIssues = async (project: SeededProject) =>
      (await list(project)).every(({ environments }) =>
        environments.every((environment) => environment['issue' as keyof typeof environment] !== null),
      )
    await until(async () => (await haveIssues(one)) && (await haveIssues(many)))
    const reads = /\b(monitor|monitor_environment|check_in|issue_hash|issue)\b/
    const ofOne = await countStatements(server, reads, LIST, { path: one.path })
    const ofMany = await countStatements(server, reads, LIST, { path: many.path })
    const own = (statements: string[]) =>
      statements.filter((text) => /^\s*SELECT/.test(text) && !/monitor_alert|setting/.test(text))
    expect(own(ofMany).length, ofMany.join('\n')).toBe(own(ofOne).length)
    // The monitors, their environments, the check-ins of all of them, the hashes, the issues.
    expect(own(ofMany).length, ofMany.join('\n')).toBe(5)
  })
})

describe('a monitor', () => {
  it('is paused and resumed: nothing is expected in between', async () => {
    const project = await server.seed.project().withClientKey()
    await send(project, { monitor_config: HOURLY })
    const { id } = await readOnly(project)
    const answer = await server.gql<{ pauseMonitor: { monitor: Monitor } }>(
      `mutation ($monitor: ID!) { pauseMonitor(input: { monitor: $monitor }) { monitor { ${FIELDS} } } }`,
      { monitor: id },
    )
    expect(answer.pauseMonitor.monitor).toMatchObject({
      pausedAt: '2026-11-25T12:00:00.000Z',
      environments: [{ nextExpectedAt: null }],
    })
    // Twice is no mistake.
    expect((await change('pauseMonitor', id)).errors).toBeUndefined()
    await send(project, {})
    expect((await readOnly(project)).environments[0]?.nextExpectedAt).toBeNull()
    nowMs += 3_600_000
    expect((await change('resumeMonitor', id)).errors).toBeUndefined()
    nowMs = NOW_MS
    expect(await readOnly(project)).toMatchObject({
      pausedAt: null,
      environments: [{ nextExpectedAt: '2026-11-25T15:00:00.000Z' }],
    })
  })

  it('is deleted with its check-ins, and made anew by one that tells its schedule', async () => {
    const project = await server.seed.project().withClientKey()
    await send(project, { monitor_config: HOURLY })
    const { id } = await readOnly(project)
    expect((await change('deleteMonitor', id)).errors).toBeUndefined()
    expect(await list(project)).toEqual([])
    const { rows } = await server.database.pool.query<{ count: number }>(
      'SELECT count(*)::int AS count FROM check_in WHERE project_id = $1',
      [project.number],
    )
    expect(rows).toEqual([{ count: 0 }])
    for (const name of ['deleteMonitor', 'pauseMonitor', 'resumeMonitor']) {
      expect((await change(name, id)).errors?.[0]?.extensions?.code).toBe('NOT_FOUND')
    }
    await send(project, { monitor_config: HOURLY })
    expect((await readOnly(project)).id).not.toBe(id)
  })

  it('loses one environment where that is named', async () => {
    const project = await server.seed.project().withClientKey()
    for (const environment of ['production', 'pr-1']) await send(project, { environment, monitor_config: HOURLY })
    const { id } = await readOnly(project)
    const remove = (environment: string) =>
      server.ask(
        'mutation ($input: DeleteMonitorInput!) { deleteMonitor(input: $input) { project { monitors { environments { name } } } } }',
        { input: { monitor: id, environment } },
      )
    expect((await remove('pr-1')).data).toEqual({
      deleteMonitor: { project: { monitors: [{ environments: [{ name: 'production' }] }] } },
    })
    expect((await remove('pr-1')).errors?.[0]?.extensions?.code).toBe('NOT_FOUND')
    expect(await readEnvironments(server.database, project.number)).toHaveLength(1)
  })

  it('is seen by reporters, and changed by maintainers of its project only', async () => {
    const project = await server.seed.project().withClientKey()
    const other = await server.seed.project().withClientKey()
    await send(project, { monitor_config: HOURLY })
    const { id } = await readOnly(project)
    const connect = async ({ path }: SeededProject, role: string) => {
      const found = await server.gql<{ project: { id: string } }>(
        'query ($path: String!) { project(path: $path) { id } }',
        { path },
      )
      const { createAccessToken } = await server.gql<{ createAccessToken: { secret: string } }>(
        `mutation ($project: ID!, $role: Role!) {
           createAccessToken(input: { name: "robot", scopes: ["api"], project: $project, role: $role }) { secret } }`,
        { project: found.project.id, role },
      )
      const client = createApiClient(server.url, createAccessToken.secret)
      clients.push(client)
      return client
    }
    const reporter = await connect(project, 'REPORTER')
    const seen = await reporter.gql<{ project: { monitors: Monitor[] } }>(LIST, { path: project.path })
    expect(seen.project.monitors).toHaveLength(1)
    const stranger = await connect(other, 'OWNER')
    expect(await stranger.gql('query ($id: ID!) { node(id: $id) { id } }', { id })).toEqual({ node: null })
    for (const name of ['pauseMonitor', 'resumeMonitor', 'deleteMonitor']) {
      expect((await change(name, id, reporter)).errors?.[0]?.extensions?.code).toBe('FORBIDDEN')
      expect((await change(name, id, stranger)).errors?.[0]?.extensions?.code).toBe('NOT_FOUND')
    }
    const maintainer = await connect(project, 'MAINTAINER')
    expect((await change('pauseMonitor', id, maintainer)).errors).toBeUndefined()
    const actions = await server.database.prisma.auditEntry.findMany({
      where: { projectId: project.number, action: { startsWith: 'monitor.' } },
      select: { action: true, target: true, actorName: true },
    })
    expect(actions).toEqual([{ action: 'monitor.pause', target: 'job', actorName: 'robot' }])
  })
})
