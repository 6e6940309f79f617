// Where a page begins is told by whoever asks: what is no cursor of a list is said to be none, as the mistake of `after`,
// whatever it holds, so that a page can begin anew.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestServer, type TestServer } from '../support/create-test-server.ts'
import { makeEvent } from '../support/make-event.ts'

let server: TestServer

beforeAll(async () => {
  server = await createTestServer()
  await server.sendEvent(makeEvent())
})
afterAll(() => server.stop())

const inProject = (list: string): string => `project(path: "acme/shop") { ${list} }`
const inGroup = (list: string): string => `group(path: "acme") { ${list} }`

const LISTS: [string, string][] = [
  ['projects', 'projects(after: $after) { nodes { id } }'],
  ['groups', 'groups(after: $after) { nodes { id } }'],
  ['projects of a group', inGroup('projects(after: $after) { nodes { id } }')],
  ['people', 'users(after: $after) { nodes { id } }'],
  ['members of a group', inGroup('members(after: $after) { nodes { since } }')],
  ['members', inProject('members(after: $after) { nodes { since } }')],
  ['audit log', 'auditLog(after: $after) { nodes { at } }'],
  ['feedback', inProject('feedback(after: $after) { nodes { id } }')],
  ['releases', inProject('releases(after: $after) { nodes { version } }')],
  ...['LAST_SEEN', 'FIRST_SEEN', 'EVENTS', 'USERS'].map((sort): [string, string] => [
    `issues by ${sort}`,
    inProject(`issues(sort: ${sort}, after: $after) { nodes { id } }`),
  ]),
  [
    'events',
    inProject('issues { nodes { events(after: $after) { nodes { id } } feedback(after: $after) { nodes { id } } } }'),
  ],
]

const ID = 'f'.repeat(32)
const NOW = '2026-01-01T00:00:00.000Z'
/** Right in its form for one list or another, and beyond what the database's types hold. */
const FORGED = [
  ...['x', '{}', '[]', 'null', '["a"]', '["a","b"]', '["a\u0000"]', '[1]', '[null]', '[[1]]', `${NOW} 1`, `1.${ID}`],
  // What JSON may say, and PostgreSQL does not take.
  ...[String.raw`["\u0000"]`, String.raw`["a","\u0000"]`, String.raw`["\ud800","b"]`, String.raw`["a","\udc00"]`],
  ...['["-1"]', '["1.5"]', '["999999999999999999"]', '["9999999999999999999"]'],
  ...[`["${NOW}",1.5]`, `["${NOW}",2147483648]`, `["${NOW}",1e400]`, `["${NOW}","1"]`, `["${NOW}",-2147483647]`],
  ...['["999999999999999999",999999999]', '["9999999999999999999",1]', '[1,1]', '["1",null]'],
  ...[
    '2026-99-99T99:99:99.999Z',
    '2026-02-30T00:00:00.000Z',
    '0000-01-01T00:00:00.000Z',
    '2026-01-01T::::::::::::',
  ].map((time) => `["${time}",1]`),
  ...['-000001-01-01T00:00:00.000Z', '+033658-09-27T01:46:39.999Z', '9999-12-31T23:59:59.999Z', 1].flatMap((time) => [
    JSON.stringify([time, 1]),
    JSON.stringify([time, ID]),
  ]),
  ...[`["${NOW}","${ID.toUpperCase()}"]`, `["${NOW}","x"]`, `["${'9'.repeat(300)}",1]`, '['.repeat(1_500)],
  JSON.stringify(['a'.repeat(2_000)]),
].map((text) => Buffer.from(text).toString('base64url'))

const REFUSED = { code: 'INVALID', fields: [{ field: 'after', message: 'It is not a cursor of this list.' }] }

describe('a cursor that is none of', () => {
  it.each(LISTS)('%s is a mistake of whoever asks', async (_name, list) => {
    const query = `query ($after: String) { ${list} }`
    for (const after of ['', '%', '💥', ...FORGED]) {
      const { errors } = await server.ask(query, { after })
      const told = errors?.map(({ extensions }) => extensions) ?? []
      for (const extensions of told) {
        expect(extensions, Buffer.from(after, 'base64url').toString()).toMatchObject(REFUSED)
      }
    }
    const { errors } = await server.ask(query, { after: Buffer.from('x').toString('base64url') })
    expect(errors?.[0]?.extensions).toMatchObject(REFUSED)
  })
})
