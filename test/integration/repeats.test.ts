// What unmodified Sentry SDKs report again and again, counted to the unit.

/* eslint-disable @typescript-eslint/no-explicit-any -- an answer has the shape that its query asks for */

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestServer, type TestServer } from '../support/create-test-server.ts'
import { NODE_SDKS, runShop } from '../support/run-shop.ts'

const TIMES = 1_000

let server: TestServer
beforeAll(async () => {
  server = await createTestServer()
})
afterAll(() => server.stop())

async function listIssues(path: string): Promise<any[]> {
  const { project } = await server.gql<any>(
    `query ($path: String!) { project(path: $path) { issues(sort: EVENTS) { nodes {
       id type status regressed eventCount userCount firstRelease lastRelease frequency { count } } } } }`,
    { path },
  )
  return project.issues.nodes
}

describe.each(NODE_SDKS)('%s', (sdk) => {
  it('reports two errors a thousand times each, in turns, which are two issues', async () => {
    const project = await server.seed.project(`acme/${sdk.replaceAll(/[^a-z0-9]/g, '')}`).withClientKey()
    await runShop(sdk, project.dsn, 'both', TIMES)

    const issues = await listIssues(project.path)
    expect(issues).toHaveLength(2)
    const [card, parcel] = issues.toSorted((one, other) => (one.type > other.type ? -1 : 1))
    expect(card).toMatchObject({ type: 'TypeError', eventCount: TIMES, userCount: 10, firstRelease: 'shop@1.4.2' })
    expect(parcel).toMatchObject({ type: 'RangeError', eventCount: TIMES, userCount: 10, lastRelease: 'shop@1.4.2' })
    expect(card.frequency.reduce((sum: number, hour: { count: number }) => sum + hour.count, 0)).toBe(TIMES)

    await server.gql('mutation ($issue: ID!) { resolveIssue(input: { issue: $issue }) { issue { status } } }', {
      issue: card.id,
    })
    await runShop(sdk, project.dsn, 'both')
    const again = (await listIssues(project.path)).find(({ id }) => id === card.id)
    expect(again).toMatchObject({ status: 'UNRESOLVED', regressed: true, eventCount: TIMES + 1 })
  })
})
