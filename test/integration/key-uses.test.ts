// What is kept of the use of keys: merged, written by one statement, and not lost while the database is away.

import { afterAll, beforeAll, expect, it } from 'vitest'
import { createKeyUses } from '../../server/ingest/key-uses.ts'
import { createTestServer, type TestServer } from '../support/create-test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await createTestServer()
})
afterAll(() => server.stop())

const TEN = Date.parse('2026-11-22T10:59:59Z')
const ELEVEN = Date.parse('2026-11-22T11:00:01Z')

const use = (atMs: number, events: number) => ({ atMs, events, sdk: 'sentry.python/1.21.0', address: null })

async function seedKey(): Promise<number> {
  const project = await server.seed.project().withClientKey()
  const key = await server.database.prisma.clientKey.findFirstOrThrow({ where: { projectId: project.number } })
  return key.id
}

async function readHours(keyId: number): Promise<string[]> {
  const rows = await server.database.prisma.clientKeyHour.findMany({ where: { keyId }, orderBy: { hour: 'asc' } })
  return rows.map(({ hour, events }) => `${hour.toISOString().slice(11, 16)} ${events}`)
}

/** Refuses the first statements, as when the database is away. */
function countStatements(refused: number) {
  const { pool } = server.database
  let count = 0
  const query = async (text: string, values: unknown[]) => {
    count += 1
    if (count <= refused) throw new Error('the database is away')
    return pool.query(text, values)
  }
  return { pool: { query } as unknown as typeof pool, count: () => count }
}

it('adds events up by key and hour, all in one statement, and to what is there', async () => {
  const [one, two] = [await seedKey(), await seedKey()]
  for (const round of [1, 2]) {
    const statements = countStatements(0)
    const uses = createKeyUses(statements.pool)
    uses.note(one, use(TEN, 2))
    uses.note(two, use(TEN, 0))
    uses.note(one, use(ELEVEN, 1))
    uses.note(one, use(ELEVEN, 4))
    await uses.stop()
    expect(statements.count()).toBe(1)
    expect(await readHours(one)).toEqual([`10:00 ${round * 2}`, `11:00 ${round * 5}`])
  }
  expect(await readHours(two)).toEqual([])
  const key = await server.database.prisma.clientKey.findUniqueOrThrow({ where: { id: one } })
  expect([key.lastUsedAt?.getTime(), key.lastUsedSdk]).toEqual([ELEVEN, 'sentry.python/1.21.0'])
})

it('keeps what could not be written, and adds what comes later', async () => {
  const keyId = await seedKey()
  const statements = countStatements(1)
  const uses = createKeyUses(statements.pool)
  uses.note(keyId, use(TEN, 3))
  const stopping = uses.stop()
  // The first statement is under way, and fails.
  uses.note(keyId, use(TEN, 1))
  uses.note(keyId, use(ELEVEN, 2))
  await stopping
  expect(statements.count()).toBe(2)
  expect(await readHours(keyId)).toEqual(['10:00 4', '11:00 2'])
})

it('leaves out a key that is gone, and writes the others', async () => {
  const [kept, gone] = [await seedKey(), await seedKey()]
  const uses = createKeyUses(server.database.pool)
  uses.note(kept, use(TEN, 1))
  uses.note(gone, use(TEN, 1))
  await server.database.prisma.clientKey.delete({ where: { id: gone } })
  await uses.stop()
  expect([await readHours(kept), await readHours(gone)]).toEqual([['10:00 1'], []])
})

it('keeps little of one key, however long the database is away', async () => {
  const keyId = await seedKey()
  const uses = createKeyUses(server.database.pool)
  for (let hour = 0; hour < 200; hour += 1) uses.note(keyId, use(TEN + hour * 3_600_000, 1))
  await uses.stop()
  const counts = (await readHours(keyId)).map((text) => Number(text.split(' ')[1]))
  expect(counts).toHaveLength(72)
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(200)
})
