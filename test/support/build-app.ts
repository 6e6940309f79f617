import { pino } from 'pino'
import { buildAppIfStale } from '../../server/setup/build-app.ts'

/** The dashboard as it is served, built once for all tests with a browser. */
export default async function buildApp(): Promise<void> {
  await buildAppIfStale(pino({ level: 'info' }))
}
