// Members, invitations, accounts and the audit log, through GraphQL on the real server.

/* eslint-disable @typescript-eslint/no-explicit-any -- an answer has the shape that its query asks for */

import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestServer, type TestServer } from '../support/create-test-server.ts'
import { codeOf, createPeople, type People, type TestPerson, type TestProject } from '../support/people.ts'
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

const SET = `mutation ($group: ID, $project: ID, $user: ID!, $role: Role!) {
  setMember(input: { group: $group, project: $project, user: $user, role: $role }) { group { id } project { id } } }`
const REMOVE = `mutation ($group: ID, $project: ID, $user: ID!) {
  removeMember(input: { group: $group, project: $project, user: $user }) { group { id } project { id } } }`
const INVITE = `mutation ($group: ID, $project: ID, $role: Role!, $email: String, $expiresAt: DateTime) {
  createInvitation(input: { group: $group, project: $project, role: $role, email: $email, expiresAt: $expiresAt }) {
    invitation { id role email invitedBy } link mailed } }`
const ACCEPT = `mutation ($token: String!) {
  acceptInvitation(input: { token: $token }) { project { path viewerRole errorTracking { enabled } } group { path viewerRole } } }`
const REVOKE = 'mutation ($id: ID!) { revokeInvitation(input: { invitation: $id }) { invitation { id } } }'

const tokenOf = (link: string) => link.split('#')[1] ?? ''

async function listMembers(project: TestProject): Promise<[string, string, string][]> {
  const { project: read } = await server.gql<any>(
    'query ($path: String!) { project(path: $path) { members(first: 100) { nodes { user { email } role source } } } }',
    { path: project.path },
  )
  return read.members.nodes.map(({ user, role, source }: any) => [user.email, role, source])
}

describe('members', () => {
  it('are listed with their role and where it comes from, the group’s in its project too', async () => {
    const project = await people.project()
    const person = await people.person()
    await people.join(person, { group: project.group.id }, 'REPORTER')
    await people.join(person, { project: project.id }, 'MAINTAINER')
    const expected = [
      [person.email, 'MAINTAINER', 'PROJECT'],
      [person.email, 'REPORTER', 'GROUP'],
      [server.owner.email, 'OWNER', 'GROUP'],
    ]
    expect((await listMembers(project)).sort()).toEqual(expected.sort())
    const { project: seen } = await person.api.gql<any>(
      `{ project(path: "${project.path}") { viewerRole members(first: 1) { nodes { role } pageInfo { hasNextPage endCursor } } } }`,
    )
    expect(seen).toMatchObject({ viewerRole: 'MAINTAINER', members: { pageInfo: { hasNextPage: true } } })
    const rest = await person.api.gql<any>(
      `{ project(path: "${project.path}") { members(first: 5, after: "${seen.members.pageInfo.endCursor}") { nodes { role } } } }`,
    )
    expect(rest.project.members.nodes).toHaveLength(2)
  })

  it('are given and lose roles at once, in open subscriptions too', async () => {
    const project = await people.project()
    const person = await people.person()
    await people.join(person, { project: project.id }, 'DEVELOPER')
    const where = { project: project.id, user: person.id }
    const create = () =>
      person.api.ask(`mutation { createClientKey(input: { project: "${project.id}" }) { clientKey { id } } }`)
    expect(codeOf(await create())).toBe('FORBIDDEN')
    await server.gql(SET, { ...where, role: 'MAINTAINER' })
    expect(codeOf(await create())).toBeUndefined()

    const open = async () =>
      Number((await (await fetch(`${server.url}/metrics`)).text()).match(/^faultline_subscriptions\S* (\d+)$/m)?.[1])
    const before = await open()
    await person.api.subscribe('subscription ($id: ID!) { eventReceived(project: $id) { id } }', { id: project.id })
    expect(await open()).toBe(before + 1)
    await server.gql(REMOVE, where)
    expect(codeOf(await create())).toBe('NOT_FOUND')
    await until(async () => (await open()) === before, { withinMs: 1_900, what: 'ended before the clock asks for it' })
    expect(codeOf(await server.ask(REMOVE, where))).toBe('NOT_FOUND')
  })

  it('are changed by owners only, and by nobody elsewhere', async () => {
    const project = await people.project()
    const [maintainer, other] = [await people.person(), await people.person()]
    await people.join(maintainer, { project: project.id }, 'MAINTAINER')
    await people.join(other, { project: project.id }, 'REPORTER')
    const place = { project: project.id, user: other.id }
    expect(codeOf(await maintainer.api.ask(SET, { ...place, role: 'DEVELOPER' }))).toBe('FORBIDDEN')
    expect(codeOf(await maintainer.api.ask(SET, { ...place, user: maintainer.id, role: 'OWNER' }))).toBe('FORBIDDEN')
    expect(codeOf(await maintainer.api.ask(REMOVE, place))).toBe('FORBIDDEN')
    const elsewhere = await people.person()
    await people.join(elsewhere, { project: (await people.project()).id }, 'OWNER')
    for (const target of [{ project: project.id }, { group: project.group.id }]) {
      expect(codeOf(await elsewhere.api.ask(SET, { ...target, user: other.id, role: 'OWNER' }))).toBe('NOT_FOUND')
      expect(codeOf(await elsewhere.api.ask(REMOVE, { ...target, user: other.id }))).toBe('NOT_FOUND')
    }
  })

  it('may leave by themselves', async () => {
    const project = await people.project()
    const person = await people.person()
    await people.join(person, { project: project.id }, 'REPORTER')
    expect(codeOf(await person.api.ask(REMOVE, { project: project.id, user: person.id }))).toBeUndefined()
    expect(await person.api.gql(`{ project(path: "${project.path}") { id } }`)).toEqual({ project: null })
  })

  it('of a group keep an owner, also when two remove each other at once', async () => {
    const project = await people.project()
    const group = project.group.id
    const { viewer } = await server.gql<any>('{ viewer { id } }')
    expect(codeOf(await server.ask(REMOVE, { group, user: viewer.id }))).toBe('CONFLICT')
    expect(codeOf(await server.ask(SET, { group, user: viewer.id, role: 'REPORTER' }))).toBe('CONFLICT')
    const second = await people.person()
    await people.join(second, { group }, 'OWNER')
    const answers = await Promise.all([
      second.api.ask(REMOVE, { group, user: viewer.id }),
      server.ask(REMOVE, { group, user: second.id }),
    ])
    expect(answers.map(codeOf).filter((code) => code === undefined)).toHaveLength(1)
    const { group: read } = await server.gql<any>(
      `{ group(path: "${project.group.path}") { members { nodes { role } } } }`,
    )
    expect(read.members.nodes).toEqual([{ role: 'OWNER' }])
  })

  it('are only such as the owner sees: others are invited', async () => {
    const project = await people.project()
    const [owner, stranger] = [await people.person(), await people.person()]
    await people.join(owner, { project: project.id }, 'OWNER')
    const place = { project: project.id, role: 'REPORTER' }
    expect(codeOf(await owner.api.ask(SET, { ...place, user: stranger.id }))).toBe('NOT_FOUND')
    expect(codeOf(await owner.api.ask(SET, { ...place, user: 'nonsense' }))).toBe('NOT_FOUND')
    expect(codeOf(await server.ask(SET, { ...place, user: stranger.id }))).toBeUndefined()
    expect(codeOf(await owner.api.ask(SET, { ...place, user: stranger.id, role: 'DEVELOPER' }))).toBeUndefined()
    for (const both of [{}, { group: project.group.id, project: project.id }]) {
      expect(codeOf(await server.ask(SET, { ...both, user: stranger.id, role: 'OWNER' }))).toBe('INVALID')
    }
  })
})

describe('other people', () => {
  it('are seen by who shares a project with them, and by the instance’s owner', async () => {
    const project = await people.project()
    const sibling = await people.project(`${project.group.path}/sibling`)
    const [fellow, neighbour, stranger] = [await people.person(), await people.person(), await people.person()]
    await people.join(fellow, { project: project.id }, 'REPORTER')
    await people.join(neighbour, { project: sibling.id }, 'REPORTER')
    const node = (api: TestPerson['api'], person: TestPerson) =>
      api.gql<any>('query ($id: ID!) { node(id: $id) { ... on User { email } } }', { id: person.id })
    const me = await people.person()
    await people.join(me, { project: project.id }, 'REPORTER')
    expect(await node(me.api, me)).toEqual({ node: { email: me.email } })
    expect(await node(me.api, fellow)).toEqual({ node: { email: fellow.email } })
    expect(await node(me.api, neighbour)).toEqual({ node: null })
    expect(await node(me.api, stranger)).toEqual({ node: null })
    expect(await node(server as any, stranger)).toEqual({ node: { email: stranger.email } })
    const token = await people.token(project, 'REPORTER')
    expect(await node(token, fellow)).toEqual({ node: { email: fellow.email } })
    expect(await node(token, stranger)).toEqual({ node: null })
    expect(codeOf(await me.api.ask('{ users { nodes { email } } }'))).toBe('FORBIDDEN')
    const { users } = await server.gql<any>(
      `{ users(search: "${stranger.userId}") { nodes { email isOwner disabledAt } } }`,
    )
    expect(users.nodes).toEqual([{ email: stranger.email, isOwner: false, disabledAt: null }])
  })

  it('do not show their tokens', async () => {
    const project = await people.project()
    const [me, fellow] = [await people.person(), await people.person()]
    await people.join(me, { project: project.id }, 'OWNER')
    await people.join(fellow, { project: project.id }, 'REPORTER')
    const query = 'query ($id: ID!) { node(id: $id) { ... on User { accessTokens { id } } } }'
    expect(codeOf(await me.api.ask(query, { id: fellow.id }))).toBe('FORBIDDEN')
    const own = await me.api.gql<any>(query, { id: me.id })
    expect(own.node.accessTokens).toHaveLength(1)
    const token = await fellow.api.gql<any>('{ viewer { accessTokens { id } } }')
    const id = token.viewer.accessTokens[0].id
    expect(await me.api.gql('query ($id: ID!) { node(id: $id) { id } }', { id })).toEqual({ node: null })
  })
})

describe('an invitation', () => {
  it('makes its user a member, once, and is shown to who has the link', async () => {
    const project = await people.project()
    const { createInvitation } = await server.gql<any>(INVITE, { project: project.id, role: 'DEVELOPER' })
    expect(createInvitation).toMatchObject({
      invitation: { role: 'DEVELOPER', email: null, invitedBy: server.owner.email },
      mailed: false,
    })
    expect(createInvitation.link).toMatch(/^http:\/\/localhost:\d+\/-\/invitation#[0-9A-Za-z]{40}$/)
    const token = tokenOf(createInvitation.link)
    const look = { query: '{ invitation(token: "TOKEN") { path role email } }'.replace('TOKEN', token) }
    const shown = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(look),
    })
    expect(await shown.json()).toEqual({ data: { invitation: { path: project.path, role: 'DEVELOPER', email: null } } })
    const [first, second] = [await people.person(), await people.person()]
    expect(await first.api.gql(ACCEPT, { token })).toEqual({
      acceptInvitation: {
        group: null,
        project: { path: project.path, viewerRole: 'DEVELOPER', errorTracking: { enabled: false } },
      },
    })
    expect(codeOf(await second.api.ask(ACCEPT, { token }))).toBe('NOT_FOUND')
    expect(await server.gql(look.query)).toEqual({ invitation: null })
  })

  it('with an address is for that person only', async () => {
    const project = await people.project()
    const [invited, other] = [await people.person(), await people.person()]
    const { createInvitation } = await server.gql<any>(INVITE, {
      group: project.group.id,
      role: 'MAINTAINER',
      email: invited.email.toUpperCase(),
    })
    const token = tokenOf(createInvitation.link)
    expect(codeOf(await other.api.ask(ACCEPT, { token }))).toBe('FORBIDDEN')
    expect(await invited.api.gql(ACCEPT, { token })).toMatchObject({
      acceptInvitation: { group: { path: project.group.path, viewerRole: 'MAINTAINER' } },
    })
  })

  it('never lowers a role', async () => {
    const project = await people.project()
    const person = await people.person()
    await people.join(person, { project: project.id }, 'MAINTAINER')
    await people.join(person, { project: project.id }, 'REPORTER')
    expect(await listMembers(project)).toContainEqual([person.email, 'MAINTAINER', 'PROJECT'])
  })

  it('makes an account for who has none, and signs in', async () => {
    const project = await people.project()
    const { createInvitation } = await server.gql<any>(INVITE, { project: project.id, role: 'REPORTER' })
    const email = `${randomUUID()}@example.com`
    const accept = (body: object, origin = server.url) =>
      fetch(`${server.url}/-/auth/accept-invitation`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin },
        body: JSON.stringify({
          token: tokenOf(createInvitation.link),
          email,
          password: 'gutter marmot violin',
          ...body,
        }),
      })
    expect((await accept({}, 'https://evil.example')).status).toBe(403)
    expect((await accept({ token: 'wrong' })).status).toBe(404)
    expect((await accept({ password: 'short' })).status).toBe(400)
    expect((await accept({ email: server.owner.email })).status).toBe(409)
    const accepted = await accept({ name: 'Ada' })
    expect(accepted.status).toBe(200)
    expect(await accepted.json()).toMatchObject({ user: { email, name: 'Ada' } })
    const cookie = accepted.headers
      .getSetCookie()
      .map((text) => text.split(';')[0])
      .join('; ')
    const answer = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: server.url, cookie },
      body: JSON.stringify({ query: '{ viewer { email isOwner } projects { nodes { path viewerRole } } }' }),
    })
    expect(await answer.json()).toEqual({
      data: {
        viewer: { email, isOwner: false },
        projects: { nodes: [{ path: project.path, viewerRole: 'REPORTER' }] },
      },
    })
    expect((await accept({ email: `${randomUUID()}@example.com` })).status).toBe(404)
    const entries = await server.database.prisma.auditEntry.findMany({
      where: { actorName: email },
      orderBy: { id: 'asc' },
    })
    expect(entries.map(({ action }) => action)).toEqual(['user.create', 'invitation.accept', 'member.add'])
  })

  it('tries out a few addresses at most', async () => {
    const project = await people.project()
    const { createInvitation } = await server.gql<any>(INVITE, { project: project.id, role: 'REPORTER' })
    const statuses: number[] = []
    for (let tried = 0; tried < 6; tried += 1) {
      const answer = await fetch(`${server.url}/-/auth/accept-invitation`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin: server.url },
        body: JSON.stringify({
          token: tokenOf(createInvitation.link),
          email: server.owner.email,
          password: 'gutter marmot violin',
        }),
      })
      statuses.push(answer.status)
    }
    expect(statuses).toEqual([409, 409, 409, 409, 409, 429])
  })

  it('is made, listed and revoked by owners, and is gone when it was revoked or has expired', async () => {
    const project = await people.project()
    const [owner, maintainer] = [await people.person(), await people.person()]
    await people.join(owner, { project: project.id }, 'OWNER')
    await people.join(maintainer, { project: project.id }, 'MAINTAINER')
    expect(codeOf(await maintainer.api.ask(INVITE, { project: project.id, role: 'REPORTER' }))).toBe('FORBIDDEN')
    expect(codeOf(await owner.api.ask(INVITE, { group: project.group.id, role: 'REPORTER' }))).toBe('FORBIDDEN')
    const { createInvitation } = await owner.api.gql<any>(INVITE, { project: project.id, role: 'OWNER' })
    const { id } = createInvitation.invitation
    const list = `{ project(path: "${project.path}") { invitations { id } } }`
    expect(await owner.api.gql(list)).toEqual({ project: { invitations: [{ id }] } })
    expect(codeOf(await maintainer.api.ask(list))).toBe('FORBIDDEN')
    expect(await maintainer.api.gql('query ($id: ID!) { node(id: $id) { id } }', { id })).toEqual({ node: null })
    expect(codeOf(await maintainer.api.ask(REVOKE, { id }))).toBe('FORBIDDEN')
    const stranger = await people.person()
    expect(codeOf(await stranger.api.ask(REVOKE, { id }))).toBe('NOT_FOUND')
    await owner.api.gql(REVOKE, { id })
    expect(codeOf(await owner.api.ask(REVOKE, { id }))).toBe('NOT_FOUND')
    expect(codeOf(await stranger.api.ask(ACCEPT, { token: tokenOf(createInvitation.link) }))).toBe('NOT_FOUND')

    for (const expiresAt of [new Date(Date.now() - 1), new Date(Date.now() + 31 * 86_400_000)]) {
      const answer = await owner.api.ask(INVITE, { project: project.id, role: 'OWNER', expiresAt })
      expect(codeOf(answer)).toBe('INVALID')
    }
    const soon = await owner.api.gql<any>(INVITE, { project: project.id, role: 'OWNER' })
    await server.database.prisma.invitation.updateMany({ data: { expiresAt: new Date(Date.now() - 1) } })
    expect(codeOf(await stranger.api.ask(ACCEPT, { token: tokenOf(soon.createInvitation.link) }))).toBe('NOT_FOUND')
    expect(await owner.api.gql(list)).toEqual({ project: { invitations: [] } })
  })

  it('is kept as a hash only', async () => {
    const project = await people.project()
    const { createInvitation } = await server.gql<any>(INVITE, { project: project.id, role: 'REPORTER' })
    const { rows } = await server.database.pool.query('select * from invitation')
    expect(JSON.stringify(rows)).not.toContain(tokenOf(createInvitation.link))
    const log = await server.database.pool.query('select * from audit_entry')
    expect(JSON.stringify(log.rows)).not.toContain(tokenOf(createInvitation.link))
  })
})

describe('an account', () => {
  const DISABLE = 'mutation ($id: ID!) { disableUser(input: { user: $id }) { user { disabledAt } } }'
  const ENABLE = 'mutation ($id: ID!) { enableUser(input: { user: $id }) { user { disabledAt } } }'

  it('is disabled and enabled by the instance’s owner, and refused at once meanwhile', async () => {
    const [person, other] = [await people.person(), await people.person()]
    const query = '{ viewer { email } }'
    expect(await person.api.gql(query)).toEqual({ viewer: { email: person.email } })
    expect(codeOf(await other.api.ask(DISABLE, { id: person.id }))).toBe('FORBIDDEN')
    await server.gql(DISABLE, { id: person.id })
    expect(codeOf(await person.api.ask(query))).toBe('UNAUTHENTICATED')
    await server.gql(ENABLE, { id: person.id })
    expect(await person.api.gql(query)).toEqual({ viewer: { email: person.email } })
    expect(codeOf(await server.ask(DISABLE, { id: Buffer.from('User:nobody').toString('base64url') }))).toBe(
      'NOT_FOUND',
    )
  })

  it('of the only owner stays', async () => {
    const { viewer } = await server.gql<any>('{ viewer { id } }')
    expect(codeOf(await server.ask(DISABLE, { id: viewer.id }))).toBe('CONFLICT')
    expect((await server.gql<any>('{ viewer { disabledAt } }')).viewer.disabledAt).toBeNull()
  })
})

describe('somebody who cannot sign in any more', () => {
  const LINK = 'mutation ($id: ID!) { createPasswordLink(input: { user: $id }) { link expiresAt user { email } } }'
  const END = 'mutation ($id: ID!) { disableTwoFactor(input: { user: $id }) { user { twoFactorEnabled } } }'
  const origin = () => ({ origin: server.url, 'content-type': 'application/json' })

  it('gets a one-time link for a new password, by the instance’s owner alone', async () => {
    const [person, other] = [await people.person(), await people.person()]
    expect(codeOf(await other.api.ask(LINK, { id: person.id }))).toBe('FORBIDDEN')
    const { createPasswordLink } = await server.gql<any>(LINK, { id: person.id })
    expect(createPasswordLink.user).toEqual({ email: person.email })
    expect(Date.parse(createPasswordLink.expiresAt) - Date.now()).toBeLessThanOrEqual(24 * 3_600_000)
    const body = JSON.stringify({ token: tokenOf(createPasswordLink.link), password: 'seven wet umbrellas' })
    const reset = () => fetch(`${server.url}/-/auth/reset-password`, { method: 'POST', headers: origin(), body })
    expect([(await reset()).status, (await reset()).status]).toEqual([200, 403])
    const log = await server.database.prisma.auditEntry.findMany({
      where: { target: person.email, action: { startsWith: 'password' } },
      orderBy: { id: 'asc' },
    })
    expect(log.map(({ action, actorName }) => [action, actorName])).toEqual([
      ['password.link', server.owner.email],
      ['password.reset', person.email],
    ])
    expect(JSON.stringify([log.map(({ changes }) => changes), server.log.lines])).not.toContain(
      tokenOf(createPasswordLink.link),
    )
  })

  it('gets none while the account is disabled, and none is made for nobody', async () => {
    const person = await people.person()
    await server.database.prisma.user.update({ where: { id: person.userId }, data: { disabledAt: new Date() } })
    expect(codeOf(await server.ask(LINK, { id: person.id }))).toBe('CONFLICT')
    const nobody = Buffer.from('User:nobody').toString('base64url')
    for (const mutation of [LINK, END]) expect(codeOf(await server.ask(mutation, { id: nobody }))).toBe('NOT_FOUND')
  })

  it('is freed of a second step that they cannot pass, which only they and the owner see', async () => {
    const [person, other] = [await people.person(), await people.person()]
    await server.database.prisma.twoFactor.create({
      data: { userId: person.userId, secret: Buffer.from('sealed'), enabledAt: new Date() },
    })
    const own = '{ viewer { twoFactorEnabled } }'
    expect(await person.api.gql(own)).toEqual({ viewer: { twoFactorEnabled: true } })
    const all = '{ users(first: 100) { nodes { id twoFactorEnabled } } }'
    const seen = (await server.gql<any>(all)).users.nodes.filter(({ id }: any) => [person.id, other.id].includes(id))
    expect(seen.map(({ twoFactorEnabled }: any) => twoFactorEnabled).sort()).toEqual([false, true])
    expect(codeOf(await person.api.ask(END, { id: other.id }))).toBe('FORBIDDEN')
    const ended = await server.gql<any>(END, { id: person.id })
    expect(ended.disableTwoFactor.user.twoFactorEnabled).toBe(false)
    expect(await person.api.gql(own)).toEqual({ viewer: { twoFactorEnabled: false } })
  })
})

describe('the setting who may create groups', () => {
  it('is the instance’s owner’s to change, and holds at once', async () => {
    const person = await people.person()
    const change =
      'mutation ($to: GroupCreators!) { updateInstance(input: { groupCreators: $to }) { instance { groupCreators } } }'
    const ask = async () => (await person.api.gql<any>('{ instance { groupCreators viewerMayCreateGroups } }')).instance
    expect(codeOf(await person.api.ask(change, { to: 'EVERYBODY' }))).toBe('FORBIDDEN')
    expect(await ask()).toEqual({ groupCreators: 'OWNER', viewerMayCreateGroups: false })
    await server.gql(change, { to: 'EVERYBODY' })
    expect(await ask()).toEqual({ groupCreators: 'EVERYBODY', viewerMayCreateGroups: true })
    const path = `mine-${randomUUID()}/app`
    const { createProject } = await person.api.gql<any>(
      `mutation { createProject(input: { path: "${path}" }) { project { viewerRole errorTracking { enabled } group { viewerRole viewerMayCreateProjects } } } }`,
    )
    expect(createProject.project).toEqual({
      viewerRole: 'OWNER',
      errorTracking: { enabled: false },
      group: { viewerRole: 'OWNER', viewerMayCreateProjects: true },
    })
    await server.gql(change, { to: 'OWNER' })
    expect((await ask()).viewerMayCreateGroups).toBe(false)
  })
})

describe('groups', () => {
  it('are listed where one is a member or sees a project', async () => {
    const [whole, part, none] = [await people.project(), await people.project(), await people.project()]
    const sibling = await people.project(`${part.group.path}/sibling`)
    const person = await people.person()
    await people.join(person, { group: whole.group.id }, 'DEVELOPER')
    await people.join(person, { project: part.id }, 'REPORTER')
    const { groups } = await person.api.gql<any>('{ groups { nodes { path viewerRole projects { nodes { path } } } } }')
    const expected = [
      { path: whole.group.path, viewerRole: 'DEVELOPER', projects: { nodes: [{ path: whole.path }] } },
      { path: part.group.path, viewerRole: null, projects: { nodes: [{ path: part.path }] } },
    ]
    expect(groups.nodes).toEqual(expected.sort((a, b) => (a.path < b.path ? -1 : 1)))
    expect(await person.api.gql(`{ group(path: "${none.group.path}") { id } }`)).toEqual({ group: null })
    const hidden = await person.api.ask(`{ group(path: "${part.group.path}") { members { nodes { role } } } }`)
    expect(codeOf(hidden)).toBe('FORBIDDEN')
    expect(JSON.stringify(groups)).not.toContain(sibling.path)
    for (const id of [none.group.id, none.id]) {
      expect(await person.api.gql('query ($id: ID!) { node(id: $id) { id } }', { id })).toEqual({ node: null })
    }
  })
})

describe('the audit log', () => {
  it('is read by owners: of the project, of its group, of the instance', async () => {
    const project = await people.project()
    const [owner, groupOwner, maintainer] = [await people.person(), await people.person(), await people.person()]
    await people.join(owner, { project: project.id }, 'OWNER')
    await people.join(groupOwner, { group: project.group.id }, 'OWNER')
    await people.join(maintainer, { project: project.id }, 'MAINTAINER')
    const fields =
      'auditLog(first: 100) { nodes { action target actor actorKind withToken address changes { field from to } } }'
    const ofProject = `{ project(path: "${project.path}") { ${fields} } }`
    const ofGroup = `{ group(path: "${project.group.path}") { ${fields} } }`
    const { project: read } = await owner.api.gql<any>(ofProject)
    expect(read.auditLog.nodes[0]).toEqual({
      action: 'member.add',
      target: maintainer.email,
      actor: maintainer.email,
      actorKind: 'PERSON',
      withToken: true,
      address: expect.stringMatching(/^(127\.0\.0\.1|::1)$/),
      changes: [{ field: 'role', from: null, to: 'MAINTAINER' }],
    })
    expect(codeOf(await owner.api.ask(ofGroup))).toBe('FORBIDDEN')
    const { group } = await groupOwner.api.gql<any>(ofGroup)
    const actions = group.auditLog.nodes.map(({ action }: any) => action)
    expect(actions).toContain('group.create')
    expect(actions).toContain('project.create')
    expect(codeOf(await maintainer.api.ask(ofProject))).toBe('FORBIDDEN')
    expect(codeOf(await owner.api.ask(`{ ${fields} }`))).toBe('FORBIDDEN')
    const { auditLog } = await server.gql<any>(
      `{ auditLog(first: 2) { nodes { action project { path } } pageInfo { endCursor hasNextPage } } }`,
    )
    expect(auditLog.pageInfo.hasNextPage).toBe(true)
    const next = await server.gql<any>(
      `{ auditLog(first: 2, after: "${auditLog.pageInfo.endCursor}") { nodes { id } } }`,
    )
    expect(next.auditLog.nodes).toHaveLength(2)
    expect(codeOf(await server.ask('{ auditLog(after: "x") { nodes { id } } }'))).toBe('INVALID')
  })
})
