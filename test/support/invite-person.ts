// Somebody with a role and a password, who came by an invitation: for tests of what the pages show to whom.

import { randomUUID } from 'node:crypto'
import type { Role } from '../../server/domain/role.ts'
import type { TestServer } from './create-test-server.ts'

export async function invitePerson(
  server: TestServer,
  path: string,
  role: Role,
): Promise<{ email: string; password: string }> {
  const { project } = await server.gql<{ project: { id: string } }>(`{ project(path: "${path}") { id } }`)
  const { createInvitation } = await server.gql<{ createInvitation: { link: string } }>(
    `mutation ($project: ID!, $role: Role!) { createInvitation(input: { project: $project, role: $role }) { link } }`,
    { project: project.id, role },
  )
  const token = createInvitation.link.split('#')[1]
  const account = { email: `${role.toLowerCase()}-${randomUUID()}@example.com`, password: 'a pier by the quiet lake' }
  const response = await fetch(`${server.url}/-/auth/accept-invitation`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: server.url },
    body: JSON.stringify({ token, name: null, ...account }),
  })
  if (!response.ok) throw new Error(`the invitation was not accepted: ${await response.text()}`)
  return account
}
