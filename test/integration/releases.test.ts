// How releases do, as GraphQL tells it: the rates, their periods, the list and its pages, and how many statements it costs.

import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { countStatements } from '../support/count-statements.ts'
import { createTestServer, type SeededProject, type TestServer } from '../support/create-test-server.ts'
import { makeEvent } from '../support/make-event.ts'
import { until } from '../support/until.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const NOON = Date.parse('2026-11-22T12:30:00Z')

let server: TestServer
let nowMs = NOON
beforeAll(async () => {
  server = await createTestServer({ clock: () => nowMs })
})
afterAll(() => server.stop())

interface Release {
  version: string
  environment: string | null
  sessions: number
  healthy: number
  errored: number
  crashed: number
  abnormal: number
  unhandled: number
  users: number
  crashedUsers: number
  crashFreeSessions: number | null
  crashFreeUsers: number | null
  anrRate: number | null
  averageDurationMs: number | null
  adoption: number | null
  newIssueCount: number
  firstSeenAt: string
  lastSeenAt: string
  points: { at: string; sessions: number; crashed: number }[]
}

const LIST = `query ($path: String!, $first: Int, $after: String, $environment: String, $search: String, $period: FrequencyPeriod) {
  project(path: $path) {
    environments
    sessionHealth(environment: $environment, period: $period) {
      sessions healthy errored crashed abnormal unhandled crashFreeSessions points { at sessions crashed } }
    releases(first: $first, after: $after, environment: $environment, search: $search, period: $period) {
      pageInfo { hasNextPage endCursor }
      nodes { id version environment sessions healthy errored crashed abnormal unhandled users crashedUsers erroredUsers
        abnormalUsers crashFreeSessions crashFreeUsers anrRate averageDurationMs adoption newIssueCount firstSeenAt lastSeenAt
        points { at sessions healthy errored crashed abnormal unhandled } } } } }`

interface Listed {
  environments: (string | null)[]
  sessionHealth: Pick<Release, 'sessions' | 'healthy' | 'errored' | 'crashed' | 'crashFreeSessions' | 'points'>
  releases: { nodes: Release[]; pageInfo: { hasNextPage: boolean; endCursor: string } }
}

async function list(project: SeededProject, variables: Record<string, unknown> = {}): Promise<Listed> {
  const answer = await server.gql<{ project: Listed }>(LIST, { path: project.path, ...variables })
  return answer.project
}

const names = ({ releases }: Listed) => releases.nodes.map(({ version, environment }) => `${version} ${environment}`)

interface Sent {
  release?: string
  environment?: string | null
  startedMs?: number
  [field: string]: unknown
}

/** Several at once, as an envelope. */
async function send(project: SeededProject, sessions: Sent[]): Promise<void> {
  const items = sessions.map(({ release = '1.0', environment = 'production', startedMs = nowMs, ...fields }) => {
    const session = {
      ...{ sid: randomBytes(16).toString('hex'), init: true, started: new Date(startedMs).toISOString() },
      ...{ status: 'ok', attrs: { release, environment }, ...fields },
    }
    return `{"type":"session"}\n${JSON.stringify(session)}`
  })
  const answer = await server.sendEnvelope(['{}', ...items].join('\n'), {}, project)
  expect(answer.status).toBe(200)
}

const newProject = () => server.seed.project().withClientKey()

describe('the health of a release', () => {
  it('is made of its sessions and people', async () => {
    const project = await newProject()
    await send(project, [
      { did: 'a', status: 'exited', duration: 10 },
      { did: 'a', status: 'exited', duration: 20, errors: 1 },
      { did: 'b', status: 'crashed', errors: 1 },
      { did: 'b', status: 'crashed' },
      { did: 'c', status: 'abnormal', abnormal_mechanism: 'anr_foreground' },
      { did: 'd', status: 'abnormal' },
      { did: 'd', status: 'unhandled' },
      { status: 'errored' },
      { status: 'ok', errors: 3 },
      { status: 'ok' },
    ])
    const { releases, sessionHealth, environments } = await list(project)
    const { points, ...release } = releases.nodes[0]!
    expect(release).toMatchObject({
      ...{ version: '1.0', environment: 'production' },
      ...{ sessions: 10, healthy: 2, errored: 3, crashed: 2, abnormal: 2, unhandled: 1 },
      ...{ users: 4, crashedUsers: 1, erroredUsers: 4, abnormalUsers: 2 },
      ...{ crashFreeSessions: 0.8, crashFreeUsers: 0.75, anrRate: 0.25, averageDurationMs: 15_000 },
      ...{ adoption: 1, newIssueCount: 0, firstSeenAt: new Date(NOON).toISOString() },
    })
    expect(points).toHaveLength(30)
    expect(points.at(-1)).toEqual({
      ...{
        at: '2026-11-22T00:00:00.000Z',
        sessions: 10,
        healthy: 2,
        errored: 3,
        crashed: 2,
        abnormal: 2,
        unhandled: 1,
      },
    })
    expect(points[28]).toMatchObject({ at: '2026-11-21T00:00:00.000Z', sessions: 0 })
    expect(sessionHealth).toMatchObject({ sessions: 10, healthy: 2, errored: 3, crashed: 2, crashFreeSessions: 0.8 })
    expect(environments).toEqual(['production'])
  })

  it('has no rates without sessions or people', async () => {
    const project = await newProject()
    await send(project, [
      { release: 'nobody' },
      { release: 'never started', init: false, status: 'crashed', did: null },
    ])
    const { releases } = await list(project)
    const rates = Object.fromEntries(
      releases.nodes.map(({ version, crashFreeSessions, crashFreeUsers, anrRate, averageDurationMs }) => [
        version,
        { crashFreeSessions, crashFreeUsers, anrRate, averageDurationMs },
      ]),
    )
    const none = { crashFreeSessions: null, crashFreeUsers: null, anrRate: null, averageDurationMs: null }
    expect(rates).toEqual({ nobody: { ...none, crashFreeSessions: 1 }, 'never started': none })
    expect((await list(await newProject())).sessionHealth).toMatchObject({ sessions: 0, crashFreeSessions: null })
  })

  it('is never below nothing, though more crashed than are known to have started', async () => {
    const project = await newProject()
    await send(project, [{}, { init: false, status: 'crashed' }, { init: false, status: 'crashed' }])
    expect((await list(project)).releases.nodes[0]).toMatchObject({
      ...{ sessions: 1, crashed: 2, healthy: 0, errored: 0, crashFreeSessions: 0 },
    })
  })

  it('is of the last 24 hours or of 30 days, people included', async () => {
    const project = await newProject()
    const crash = { status: 'crashed', did: 'late' }
    await send(project, [
      { startedMs: NOON, did: 'now' },
      { startedMs: NOON - 23 * HOUR_MS, did: 'now' },
      { startedMs: NOON - 24 * HOUR_MS, ...crash },
      { startedMs: NOON - 4 * DAY_MS, did: 'now' },
      { startedMs: NOON - 4 * DAY_MS, did: 'long ago' },
    ])
    const [day] = (await list(project, { period: 'LAST_24_HOURS' })).releases.nodes
    expect(day).toMatchObject({ sessions: 2, crashed: 0, users: 1, crashFreeSessions: 1, crashFreeUsers: 1 })
    expect(day?.points.map(({ sessions }) => sessions)).toEqual([1, ...Array<number>(22).fill(0), 1])
    const [month] = (await list(project, { period: 'LAST_30_DAYS' })).releases.nodes
    expect(month).toMatchObject({ sessions: 5, crashed: 1, users: 3, crashFreeSessions: 0.8 })
    expect(month?.crashFreeUsers).toBeCloseTo(2 / 3)
    expect(month?.points.slice(-5).map(({ sessions }) => sessions)).toEqual([2, 0, 0, 2, 1])
  })

  it('holds what a clock that is ahead puts into the next hour', async () => {
    const project = await newProject()
    nowMs = Date.parse('2026-11-22T12:59:30Z')
    try {
      await send(project, [{ startedMs: nowMs + 45_000, did: 'a' }])
      const { releases, sessionHealth } = await list(project, { period: 'LAST_24_HOURS' })
      expect(releases.nodes[0]).toMatchObject({ sessions: 1, users: 1 })
      expect(sessionHealth.points.at(-1)).toEqual({ at: '2026-11-22T12:00:00.000Z', sessions: 1, crashed: 0 })
    } finally {
      nowMs = NOON
    }
  })

  it('tells its share of the sessions of its environment in 24 hours', async () => {
    const project = await newProject()
    await send(project, [
      ...[{}, {}, {}, { release: '2.0' }, { release: '0.9', startedMs: NOON - 2 * DAY_MS }],
      ...[{ environment: 'staging' }, { environment: null }, { environment: null, release: '2.0' }],
    ])
    const { releases } = await list(project)
    const shares = releases.nodes.map(({ version, environment, adoption }) => `${version} ${environment} ${adoption}`)
    expect(shares.toSorted()).toEqual([
      ...['0.9 production 0', '1.0 null 0.5', '1.0 production 0.75', '1.0 staging 1'],
      ...['2.0 null 0.5', '2.0 production 0.25'],
    ])
  })

  it('counts the issues that are new in it', async () => {
    const project = await newProject()
    const event = (type: string, release: string) =>
      server.sendEvent(makeEvent({ type, release, environment: 'production', timestamp: NOON / 1000 }), project)
    await event('OldError', '1.0')
    await event('OldError', '2.0')
    await event('NewError', '2.0')
    await event('OtherError', '2.0')
    await send(project, [{ release: '1.0' }, { release: '2.0' }, { release: '2.0', environment: 'staging' }])
    const { releases } = await list(project)
    const counts = releases.nodes.map(({ version, environment, newIssueCount }) => [
      version,
      environment,
      newIssueCount,
    ])
    expect(counts.toSorted()).toEqual([
      ['1.0', 'production', 1],
      ['2.0', 'production', 2],
      ['2.0', 'staging', 2],
    ])
  })
})

describe('the list of releases', () => {
  it('has the newest first, in pages without gaps or repeats', async () => {
    const project = await newProject()
    for (let number = 1; number <= 7; number += 1) {
      await send(project, [{ release: `${number}.0`, startedMs: NOON - HOUR_MS + number * 1_000 }])
    }
    const seen: string[] = []
    let after: string | null = null
    for (let page = 0; page < 10; page += 1) {
      const listed: Listed = await list(project, { first: 2, after })
      seen.push(...listed.releases.nodes.map(({ version }) => version))
      if (!listed.releases.pageInfo.hasNextPage) break
      after = listed.releases.pageInfo.endCursor
      await send(project, [{ release: `new${page}` }, { release: '1.0' }])
    }
    expect(seen).toEqual(['7.0', '6.0', '5.0', '4.0', '3.0', '2.0', '1.0'])
    const { errors } = await server.ask(LIST, { path: project.path, after: 'nonsense' })
    expect(errors?.[0]?.extensions?.code).toBe('INVALID')
  })

  it('holds one environment, none, or what the version has in it', async () => {
    const project = await newProject()
    await send(project, [
      { release: 'shop@1.0', startedMs: NOON - 4_000 },
      { release: 'shop@1.0', environment: 'staging', startedMs: NOON - 3_000 },
      { release: 'api@2.0', environment: null, startedMs: NOON - 2_000, status: 'crashed' },
    ])
    const all = await list(project)
    expect(names(all)).toEqual(['api@2.0 null', 'shop@1.0 staging', 'shop@1.0 production'])
    expect(all.environments).toEqual([null, 'production', 'staging'])
    expect(all.sessionHealth).toMatchObject({ sessions: 3, crashed: 1 })
    const staging = await list(project, { environment: 'staging' })
    expect(names(staging)).toEqual(['shop@1.0 staging'])
    expect(staging.sessionHealth).toMatchObject({ sessions: 1, crashed: 0 })
    const none = await list(project, { environment: '' })
    expect(names(none)).toEqual(['api@2.0 null'])
    expect(none.sessionHealth).toMatchObject({ sessions: 1, crashed: 1 })
    expect(names(await list(project, { search: 'SHOP@' }))).toHaveLength(2)
    expect(names(await list(project, { search: '%' }))).toHaveLength(0)
    expect(names(await list(project, { search: '\0' }))).toHaveLength(3)
  })

  it('has releases that only events tell of, without sessions and rates', async () => {
    const project = await newProject()
    await server.sendEvent(makeEvent({ release: '3.0', timestamp: NOON / 1000 }), project)
    const release = await until(async () => (await list(project)).releases.nodes[0])
    expect(release).toMatchObject({
      ...{ version: '3.0', environment: null, sessions: 0, users: 0, crashFreeSessions: null, crashFreeUsers: null },
      ...{ adoption: null, newIssueCount: 1 },
    })
    await send(project, [{ release: '3.0', environment: null }])
    const { releases } = await list(project)
    expect(releases.nodes).toMatchObject([{ version: '3.0', sessions: 1 }])
  })

  it('is empty for a project without any, and not to be seen by nobody', async () => {
    const project = await newProject()
    expect(await list(project)).toMatchObject({ releases: { nodes: [] }, environments: [] })
    const answer = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ query: LIST, variables: { path: project.path } }),
    })
    const { errors } = (await answer.json()) as { errors: { extensions: { code: string } }[] }
    expect(errors[0]?.extensions.code).toBe('UNAUTHENTICATED')
  })
})

describe('statements to the database', () => {
  const READS = /^\s*SELECT .*\b(release_health|release_hour|environment_hour|issue)\b/s
  const count = (variables: Record<string, unknown>) => countStatements(server, READS, LIST, variables)

  it('do not grow with the releases of a list', async () => {
    const project = await newProject()
    await send(
      project,
      Array.from({ length: 12 }, (_, index) => ({ release: `${index}`, environment: `e${index % 3}` })),
    )
    const one = await count({ path: project.path, first: 1, period: 'LAST_24_HOURS' })
    const twelve = await count({ path: project.path, first: 12, period: 'LAST_24_HOURS' })
    expect(twelve.length, twelve.join('\n')).toBe(one.length)
    // The list, its hours, those of their environments and of all, the names of environments, new issues.
    expect(twelve.length, twelve.join('\n')).toBeLessThanOrEqual(6)
    const month = await count({ path: project.path, first: 12 })
    expect(month.length, month.join('\n')).toBeLessThanOrEqual(7)
  })
})
