// Every metric that /metrics shows, in one file. They name no project and no person: whoever may read them need not be
// allowed to see anything else.

import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client'

/** What the parts count themselves; read when somebody asks. */
export interface MetricSources {
  ingest(): {
    /** `<outcome>:<reason>` and how many, since the start. */
    outcomes: ReadonlyMap<string, number>
    eventsWaiting: number
    bodyBytesInFlight: number
  }
  realtime(): { subscriptions: number }
  /** Of connections to the database. */
  pool: { totalCount: number; idleCount: number; waitingCount: number }
}

export interface Metrics {
  contentType: string
  print(): Promise<string>
}

export function createMetrics(sources: MetricSources): Metrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  new Counter({
    name: 'faultline_items_total',
    help: 'Items received, by what became of them',
    labelNames: ['outcome', 'reason'],
    registers,
    collect() {
      this.reset()
      for (const [key, count] of sources.ingest().outcomes) {
        const [outcome = '', reason = ''] = key.split(':')
        this.inc({ outcome, reason }, count)
      }
    },
  })
  const gauges: [name: string, help: string, read: () => number][] = [
    ['faultline_events_waiting', 'Events that wait to be written', () => sources.ingest().eventsWaiting],
    ['faultline_body_bytes_in_flight', 'Bytes of bodies being read', () => sources.ingest().bodyBytesInFlight],
    ['faultline_subscriptions', 'Subscriptions that are open', () => sources.realtime().subscriptions],
    ['faultline_database_connections', 'Connections open', () => sources.pool.totalCount],
    ['faultline_database_connections_idle', 'Connections open and idle', () => sources.pool.idleCount],
    ['faultline_database_connections_awaited', 'Queries that wait for a connection', () => sources.pool.waitingCount],
  ]
  for (const [name, help, read] of gauges) {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read())
      },
    })
  }
  return { contentType: registry.contentType, print: () => registry.metrics() }
}
