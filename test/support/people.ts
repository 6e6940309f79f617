// People and tokens of a test server, each with a client of their own, and projects to be members of.

import { randomUUID } from 'node:crypto'
import { OPERATOR } from '../../server/auth/audit.ts'
import { createAccessTokens } from '../../server/auth/access-tokens.ts'
import type { Role } from '../../server/domain/role.ts'
import { createApiClient, type ApiClient } from './api-client.ts'
import type { TestServer } from './create-test-server.ts'

export interface TestProject {
  id: string
  number: number
  path: string
  group: { id: string; path: string }
}

export interface TestPerson {
  /** Opaque, as GraphQL takes it. */
  id: string
  userId: string
  email: string
  /** With the scope `api`. */
  api: ApiClient
}

export type People = ReturnType<typeof createPeople>

export function createPeople(server: TestServer) {
  const clients: ApiClient[] = []
  const { prisma } = server.database
  const log = { warn: () => undefined }
  const tokens = createAccessTokens({ prisma, publish: () => undefined, log, clock: Date.now })

  function connect(secret: string): ApiClient {
    const client = createApiClient(server.url, secret)
    clients.push(client)
    return client
  }

  return {
    async project(path = `team-${randomUUID()}/app`): Promise<TestProject> {
      const { createProject } = await server.gql<{ createProject: { project: TestProject } }>(
        `mutation ($path: String!) {
           createProject(input: { path: $path }) { project { id number path group { id path } } } }`,
        { path },
      )
      return createProject.project
    },

    /** Somebody with an account and a token. */
    async person(scopes = ['api']): Promise<TestPerson> {
      const userId = randomUUID()
      const email = `${userId}@example.com`
      await prisma.user.create({ data: { id: userId, name: '', email } })
      const token = { userId, name: 'own', scopes, expiresAt: null }
      const { secret } = await tokens.create(token, OPERATOR)
      return { id: Buffer.from(`User:${userId}`).toString('base64url'), userId, email, api: connect(secret) }
    },

    /** A token of the project, made by the instance's owner. */
    async token(project: { id: string }, role: Role, scopes = ['api']): Promise<ApiClient & { tokenId: string }> {
      const { createAccessToken } = await server.gql<{
        createAccessToken: { accessToken: { id: string }; secret: string }
      }>(
        `mutation ($project: ID, $role: Role, $scopes: [String!]!) {
           createAccessToken(input: { name: "robot", scopes: $scopes, project: $project, role: $role }) {
             accessToken { id } secret } }`,
        { project: project.id, role, scopes },
      )
      return { ...connect(createAccessToken.secret), tokenId: createAccessToken.accessToken.id }
    },

    /** Makes a member as the instance's owner would invite one. */
    async join(person: TestPerson, place: { project: string } | { group: string }, role: Role): Promise<void> {
      const { createInvitation } = await server.gql<{ createInvitation: { link: string } }>(
        `mutation ($project: ID, $group: ID, $role: Role!) {
           createInvitation(input: { project: $project, group: $group, role: $role }) { link } }`,
        { ...place, role },
      )
      await person.api.gql('mutation ($token: String!) { acceptInvitation(input: { token: $token }) { __typename } }', {
        token: createInvitation.link.split('#')[1],
      })
    },

    async stop(): Promise<void> {
      for (const client of clients) await client.stop()
    },
  }
}

type Answer = Awaited<ReturnType<ApiClient['ask']>>

/** @returns the first error's code; undefined where there is none. */
export function codeOf({ errors }: Answer): string | undefined {
  return errors?.[0]?.extensions?.code
}
