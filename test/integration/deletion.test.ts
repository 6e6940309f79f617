// Issues, projects and groups that are deleted: everything of them goes, and nothing of anybody else's.

/* eslint-disable @typescript-eslint/no-explicit-any -- an answer has the shape that its query asks for */

import { zstdDecompressSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPurge } from '../../server/database/purge.ts'
import { createTestServer, type SeededProject, type TestServer } from '../support/create-test-server.ts'
import { makeEvent } from '../support/make-event.ts'
import { codeOf, createPeople, type People } from '../support/people.ts'
import { until } from '../support/until.ts'

let server: TestServer
let people: People

beforeAll(async () => {
  server = await createTestServer()
  people = createPeople(server)
})
afterAll(async () => {
  await people.stop()
  await server.stop()
})

const withMessage = (message: string) => makeEvent({ message, exception: undefined, tags: { shop: message } })

async function listIssues(project: SeededProject): Promise<{ id: string; title: string; eventCount: number }[]> {
  const { project: read } = await server.gql<any>(
    'query ($path: String!) { project(path: $path) { issues(status: null) { nodes { id title eventCount } } } }',
    { path: project.path },
  )
  return read.issues.nodes
}

/** How many rows of the project are in which table; of one issue only where it is named. */
async function countRows(projectId: number, issueId?: number): Promise<Record<string, number>> {
  const { pool } = server.database
  const column = issueId === undefined ? 'project_id' : 'issue_id'
  const { rows: tables } = await pool.query<{ name: string }>(
    `SELECT DISTINCT a.attrelid::regclass::text AS name FROM pg_attribute a JOIN pg_attribute b USING (attrelid)
       JOIN pg_class c ON c.oid = a.attrelid
      WHERE a.attname = 'project_id' AND b.attname = $1 AND c.relkind IN ('r', 'p') AND NOT c.relispartition
        AND c.relname <> ALL ($2)`,
    [column, ['audit_entry', 'pending_deletion']],
  )
  const counts: Record<string, number> = {}
  for (const { name } of tables) {
    const where = issueId === undefined ? '' : ` AND issue_id = ${issueId}`
    const { rows } = await pool.query(`SELECT count(*)::int AS count FROM ${name} WHERE project_id = $1${where}`, [
      projectId,
    ])
    if (rows[0].count > 0) counts[name] = rows[0].count
  }
  return counts
}

/** The tags of events are added up a second later. */
async function waitForTags(project: SeededProject): Promise<void> {
  await until(async () => (await countRows(project.number)).tally === undefined)
}

describe('deleteIssues', () => {
  const DELETE = 'mutation ($issues: [ID!]!) { deleteIssues(input: { issues: $issues }) { deletedIds } }'

  it('deletes an issue with its events, and leaves what shares a block with them', async () => {
    const project = await server.seed.project().withClientKey()
    const messages = ['first', 'second', 'first', 'second', 'second']
    await Promise.all(messages.map((message) => server.sendEvent(withMessage(message), project)))
    await waitForTags(project)
    const issues = await listIssues(project)
    const first = issues.find(({ title }) => title === 'first')!
    const second = issues.find(({ title }) => title === 'second')!
    const number = Number(Buffer.from(first.id, 'base64url').toString().split('.')[1])
    expect(await countRows(project.number, number)).toMatchObject({
      event: 2,
      issue_hash: expect.any(Number),
      issue_tag: expect.any(Number),
    })

    expect(await server.gql(DELETE, { issues: [first.id, first.id] })).toEqual({
      deleteIssues: { deletedIds: [first.id] },
    })
    expect(await listIssues(project)).toEqual([second])
    expect(await countRows(project.number, number)).toEqual({})
    const { issue } = await server.gql<any>(
      'query ($id: ID!) { issue(id: $id) { events { nodes { message } } latestEvent { message } } }',
      { id: second.id },
    )
    expect(issue.events.nodes).toEqual([{ message: 'second' }, { message: 'second' }, { message: 'second' }])
    const { rows } = await server.database.pool.query('SELECT payload FROM event_block WHERE project_id = $1', [
      project.number,
    ])
    for (const { payload } of rows) expect(zstdDecompressSync(payload).toString()).not.toContain('first')
    expect(await server.gql(DELETE, { issues: [first.id] })).toEqual({ deleteIssues: { deletedIds: [] } })
  })

  it('lets the same error come again as a new issue', async () => {
    const project = await server.seed.project().withClientKey()
    await server.sendEvent(withMessage('again'), project)
    const [before] = await listIssues(project)
    await server.gql(DELETE, { issues: [before!.id] })
    await server.sendEvent(withMessage('again'), project)
    const [after] = await listIssues(project)
    expect(after).toMatchObject({ title: 'again', eventCount: 1 })
    expect(after!.id).not.toBe(before!.id)
  })

  it('is told to who listens to the project, and to nobody else', async () => {
    const [ours, theirs] = [await server.seed.project().withClientKey(), await server.seed.project().withClientKey()]
    await server.sendEvent(withMessage('told'), ours)
    await server.sendEvent(withMessage('not told'), theirs)
    const [issue] = await listIssues(ours)
    const [other] = await listIssues(theirs)
    const { project } = await server.gql<any>(`{ project(path: "${ours.path}") { id } }`)
    const reporter = await people.token(project, 'REPORTER')
    const LISTEN = 'subscription ($project: ID!) { issueDeleted(project: $project) }'
    const live = await reporter.subscribe<{ issueDeleted: string }>(LISTEN, { project: project.id })
    await server.gql(DELETE, { issues: [other!.id, issue!.id] })
    await live.find(({ issueDeleted }) => issueDeleted === issue!.id)
    expect(live.messages).toHaveLength(1)
    await live.stop()
  })

  it('is for maintainers, and asks for all issues before it deletes one', async () => {
    const [ours, theirs] = [await server.seed.project().withClientKey(), await server.seed.project().withClientKey()]
    await server.sendEvent(withMessage('ours'), ours)
    await server.sendEvent(withMessage('theirs'), theirs)
    const ids = [(await listIssues(ours))[0]!.id, (await listIssues(theirs))[0]!.id]
    const { project } = await server.gql<any>(`{ project(path: "${ours.path}") { id } }`)
    const developer = await people.token(project, 'DEVELOPER')
    expect(codeOf(await developer.ask(DELETE, { issues: ids.slice(0, 1) }))).toBe('FORBIDDEN')
    const maintainer = await people.token(project, 'MAINTAINER')
    expect(codeOf(await maintainer.ask(DELETE, { issues: ids }))).toBe('NOT_FOUND')
    expect(await listIssues(ours)).toHaveLength(1)
    expect(codeOf(await maintainer.ask(DELETE, { issues: ids.slice(0, 1) }))).toBeUndefined()
    expect(await listIssues(ours)).toEqual([])
  })
})

describe('deleteProject', () => {
  const DELETE =
    'mutation ($id: ID!, $path: String!) { deleteProject(input: { project: $id, path: $path }) { deletedId } }'

  it('deletes everything of the project, and nothing of its neighbour', async () => {
    const project = await people.project()
    const neighbour = await server.seed.project(`${project.group.path}/neighbour`).withClientKey()
    await server.gql(
      'mutation ($id: ID!) { enableErrorTracking(input: { project: $id, backend: INTEGRATED }) { project { id } } }',
      { id: project.id },
    )
    const key = await server.database.prisma.clientKey.findFirstOrThrow({ where: { projectId: project.number } })
    const seeded = { number: project.number, path: project.path, publicKey: key.publicKey, dsn: '' }
    const token = await people.token(project, 'REPORTER')
    const person = await people.person()
    await people.join(person, { project: project.id }, 'MAINTAINER')
    for (const message of ['one', 'two']) {
      await server.sendEvent(withMessage(message), seeded)
      await server.sendEvent(withMessage(message), neighbour)
    }
    await waitForTags(seeded)
    await waitForTags(neighbour)
    const before = await countRows(neighbour.number)
    expect(Object.keys(await countRows(project.number)).length).toBeGreaterThan(10)

    expect(codeOf(await server.ask(DELETE, { id: project.id, path: 'another/path' }))).toBe('INVALID')
    expect(codeOf(await person.api.ask(DELETE, { id: project.id, path: project.path }))).toBe('FORBIDDEN')
    expect(await server.gql(DELETE, { id: project.id, path: project.path })).toEqual({
      deleteProject: { deletedId: project.id },
    })

    expect(await server.gql(`{ project(path: "${project.path}") { id } }`)).toEqual({ project: null })
    expect(codeOf(await token.ask('{ projects { nodes { id } } }'))).toBe('UNAUTHENTICATED')
    expect(await person.api.gql('{ projects { nodes { id } } }')).toEqual({ projects: { nodes: [] } })
    await expect(server.sendEvent(withMessage('late'), seeded)).rejects.toThrow('403')
    await until(async () => {
      const { client_error: _refused, ...left } = await countRows(project.number)
      return Object.keys(left).length === 0
    })
    expect(await countRows(neighbour.number)).toEqual(before)
    expect(codeOf(await server.ask(DELETE, { id: project.id, path: project.path }))).toBe('NOT_FOUND')
    const again = await people.project(project.path)
    expect(again.number).not.toBe(project.number)
  })

  it('goes on where it was interrupted, and forgets what was deleted when it has settled', async () => {
    const project = await server.seed.project().withClientKey()
    await server.sendEvent(withMessage('left'), project)
    const { prisma, pool } = server.database
    await prisma.project.delete({ where: { id: project.number } })
    const long = new Date(Date.now() - 120_000)
    await prisma.pendingDeletion.create({ data: { projectId: project.number, issueId: 0, requestedAt: long } })
    const purge = createPurge({ pool, log: server.log.log })
    await purge.run()
    await purge.stop()
    const { client_error: _refused, ...left } = await countRows(project.number)
    expect(left).toEqual({})
    expect(await prisma.pendingDeletion.count({ where: { projectId: project.number } })).toBe(0)
  })

  it('ends what is read live of it', async () => {
    const project = await people.project()
    const open = async () =>
      (await (await fetch(`${server.url}/metrics`)).text()).match(/^faultline_subscriptions\S* (\d+)$/m)?.[1]
    const before = await open()
    await server.subscribe('subscription ($id: ID!) { issueChanged(project: $id) { kind } }', { id: project.id })
    expect(await open()).not.toBe(before)
    await server.gql(DELETE, { id: project.id, path: project.path })
    await until(async () => (await open()) === before)
  })
})

describe('projects and groups', () => {
  const MOVE =
    'mutation ($id: ID!, $path: String!) { moveProject(input: { project: $id, path: $path }) { project { path name group { path } viewerRole } } }'
  const RENAME =
    'mutation ($id: ID!, $name: String!) { updateProject(input: { project: $id, name: $name }) { project { path name } } }'
  const RENAME_GROUP =
    'mutation ($id: ID!, $path: String!) { renameGroup(input: { group: $id, path: $path }) { group { path projects { nodes { path } } } } }'
  const DELETE_GROUP =
    'mutation ($id: ID!, $path: String!) { deleteGroup(input: { group: $id, path: $path }) { deletedId } }'

  it('are renamed by who manages them', async () => {
    const project = await people.project()
    const [maintainer, developer] = [
      await people.token(project, 'MAINTAINER'),
      await people.token(project, 'DEVELOPER'),
    ]
    expect(codeOf(await developer.ask(RENAME, { id: project.id, name: 'Shop' }))).toBe('FORBIDDEN')
    expect(await maintainer.gql(RENAME, { id: project.id, name: ' The shop ' })).toEqual({
      updateProject: { project: { path: project.path, name: 'The shop' } },
    })
    expect(codeOf(await maintainer.ask(RENAME, { id: project.id, name: ' ' }))).toBe('INVALID')
    expect(codeOf(await maintainer.ask(MOVE, { id: project.id, path: `${project.group.path}/other` }))).toBe(
      'FORBIDDEN',
    )
  })

  it('are moved by owners, to groups in which they may create projects, and members of the group move not', async () => {
    const [project, target] = [await people.project(), await people.project()]
    const owner = await people.person()
    await people.join(owner, { group: project.group.id }, 'OWNER')
    expect(codeOf(await owner.api.ask(MOVE, { id: project.id, path: `${target.group.path}/moved` }))).toBe('FORBIDDEN')
    expect(codeOf(await server.ask(MOVE, { id: project.id, path: target.path }))).toBe('CONFLICT')
    expect(codeOf(await server.ask(MOVE, { id: project.id, path: 'api/moved' }))).toBe('INVALID')
    await people.join(owner, { group: target.group.id }, 'OWNER')
    expect(await owner.api.gql(MOVE, { id: project.id, path: `${target.group.path}/moved` })).toMatchObject({
      moveProject: {
        project: { path: `${target.group.path}/moved`, group: { path: target.group.path }, viewerRole: 'OWNER' },
      },
    })
    expect(await server.gql(`{ project(path: "${project.path}") { id } }`)).toEqual({ project: null })
  })

  it('keep the short ids that were written down before they were moved, and no others', async () => {
    const project = await server.seed.project('movers/app').withClientKey()
    await server.sendEvent(makeEvent({ type: 'MovedError' }), project)
    const { id } = (await server.gql<any>(`{ project(path: "${project.path}") { id } }`)).project
    const move = (name: string) => server.gql(MOVE, { id, path: `movers/${name}` })
    const find = async (shortId: string): Promise<string | undefined> => {
      const query =
        'query ($id: ID!, $shortId: String!) { node(id: $id) { ... on Project { issue(shortId: $shortId) { shortId } } } }'
      return (await server.gql<{ node: { issue: { shortId: string } | null } }>(query, { id, shortId })).node.issue
        ?.shortId
    }
    expect(
      await Promise.all(['APP-1', 'app-1', 'ANYTHING-1', 'APP-2', 'APP-', '-1', '1', 'APP-APP-1'].map(find)),
    ).toEqual(['APP-1', 'APP-1', ...Array.from({ length: 6 }, () => undefined)])
    await move('web-shop')
    await move('app')
    await move('till')
    for (const shortId of ['TILL-1', 'Web-Shop-1', 'APP-1']) expect(await find(shortId), shortId).toBe('TILL-1')
    expect(await find('SHOP-1')).toBeUndefined()
    const { formerSlugs } = await server.database.prisma.project.findUniqueOrThrow({ where: { id: project.number } })
    expect(formerSlugs).toEqual(['web-shop', 'app'])
  })

  it('of a renamed group have its new path', async () => {
    const [project, other] = [await people.project(), await people.project()]
    const owner = await people.token(project, 'OWNER')
    expect(codeOf(await owner.ask(RENAME_GROUP, { id: project.group.id, path: 'new' }))).toBe('NOT_FOUND')
    expect(codeOf(await server.ask(RENAME_GROUP, { id: project.group.id, path: other.group.path }))).toBe('CONFLICT')
    expect(codeOf(await server.ask(RENAME_GROUP, { id: project.group.id, path: 'metrics' }))).toBe('INVALID')
    expect(await server.gql(RENAME_GROUP, { id: project.group.id, path: `${project.group.path}-new` })).toEqual({
      renameGroup: {
        group: { path: `${project.group.path}-new`, projects: { nodes: [{ path: `${project.group.path}-new/app` }] } },
      },
    })
  })

  it('of a deleted group go with it', async () => {
    const project = await people.project()
    const second = await server.seed.project(`${project.group.path}/second`).withClientKey()
    await server.sendEvent(withMessage('gone'), second)
    expect(codeOf(await server.ask(DELETE_GROUP, { id: project.group.id, path: project.path }))).toBe('INVALID')
    await server.gql(DELETE_GROUP, { id: project.group.id, path: project.group.path })
    expect(
      await server.gql(`{ group(path: "${project.group.path}") { id } project(path: "${second.path}") { id } }`),
    ).toEqual({
      group: null,
      project: null,
    })
    await until(async () => (await countRows(second.number)).event === undefined)
  })
})
