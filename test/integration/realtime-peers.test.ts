// Two processes on one database, as far as live changes go: two of everything that carries them.

import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { openDatabase, type Database } from '../../server/database/client.ts'
import type { Change } from '../../server/domain/change.ts'
import { createRealtime, type Realtime } from '../../server/realtime/realtime.ts'
import { copyTemplate } from '../support/copy-template.ts'
import { until } from '../support/until.ts'

const log = pino({ level: 'silent' })

let database: Database
let here: Realtime
let there: Realtime
const heardThere: Change[] = []
const heardHere: Change[] = []

/** Tells until it is heard: neither side knows when the other has begun to listen. */
async function connectBoth(): Promise<void> {
  const greet = (from: Realtime, heard: Change[]) =>
    until(() => {
      from.publish([{ type: 'project', projectId: 999 }])
      return heard.length > 0
    })
  heardThere.length = 0
  heardHere.length = 0
  await greet(here, heardThere)
  // What one publishes it hears itself as well.
  heardHere.length = 0
  await until(() => {
    there.publish([{ type: 'project', projectId: 998 }])
    return heardHere.some((change) => change.type === 'project' && change.projectId === 998)
  })
}

beforeAll(async () => {
  const connection = await copyTemplate(inject('template'), `faultline_test_peers_${process.pid}`)
  database = openDatabase(connection, log, { connectionsMax: 2 })
  here = createRealtime({ database, log })
  there = createRealtime({ database, log })
  here.onChanges((changes) => heardHere.push(...changes))
  there.onChanges((changes) => heardThere.push(...changes))
  await connectBoth()
})
afterAll(async () => {
  await here.stop()
  await there.stop()
  await database.close()
})

describe('two processes on one database', () => {
  it('tell each other every change once, within a fraction of a second', async () => {
    heardThere.length = 0
    heardHere.length = 0
    const changes: Change[] = Array.from({ length: 500 }, (_, index) => ({
      type: 'event',
      key: { projectId: 1, day: '2026-11-22', eventId: String(index).padStart(32, '0') },
      issueId: '1',
    }))
    const startMs = performance.now()
    here.publish(changes)
    expect(heardHere.filter(({ type }) => type === 'event')).toEqual(changes)
    await until(() => heardThere.filter(({ type }) => type === 'event').length === 500)
    expect(performance.now() - startMs).toBeLessThan(1_000)
    expect(heardThere.filter(({ type }) => type === 'event')).toEqual(changes)
    expect(heardHere.filter(({ type }) => type === 'event')).toHaveLength(500)
  })

  it('send what is said twice within 20 milliseconds once', async () => {
    heardThere.length = 0
    const change: Change = { type: 'issue', projectId: 1, issueId: '7', kind: 'UPDATED' }
    for (let number = 0; number < 100; number += 1) here.publish([change])
    here.publish([{ type: 'project', projectId: 77 }])
    await until(() => heardThere.some((heard) => heard.type === 'project' && heard.projectId === 77))
    expect(heardThere.filter(({ type }) => type === 'issue')).toEqual([change])
  })

  it('find each other again after their connections were cut', async () => {
    heardHere.length = 0
    heardThere.length = 0
    await database.pool.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'faultline realtime' AND datname = current_database()",
    )
    // What somebody may do may have changed meanwhile.
    await until(
      () => heardHere.some(({ type }) => type === 'access') && heardThere.some(({ type }) => type === 'access'),
    )
    await connectBoth()
    heardThere.length = 0
    here.publish([{ type: 'issue', projectId: 5, issueId: '5', kind: 'STATUS' }])
    await until(() => heardThere.some((change) => change.type === 'issue' && change.projectId === 5))
  })

  it('say what is left to say before they stop', async () => {
    heardThere.length = 0
    const short = createRealtime({ database, log })
    short.publish([{ type: 'project', projectId: 123 }])
    await short.stop()
    await until(() => heardThere.some((change) => change.type === 'project' && change.projectId === 123))
  })
})
