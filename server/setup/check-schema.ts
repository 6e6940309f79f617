// `npm run check:schema`: whether the migrations make the database that schema.prisma describes, on a database of its
// own that is thrown away. Partitions are made first, since they must not look like a difference.

import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '../database/client.ts'
import { startEmbeddedPostgres } from '../database/embedded-postgres.ts'
import { checkDrift, migrateDatabase } from '../database/migrate.ts'
import { ensurePartitions } from '../database/partitions.ts'
import { createLog } from '../log.ts'

const log = createLog('warn')
const folder = mkdtempSync(join(tmpdir(), 'faultline-check-'))
// Else root's PostgreSQL, which runs as another user, could not come in, and would leave its files elsewhere.
chmodSync(folder, 0o711)
const postgres = await startEmbeddedPostgres(folder, log)
try {
  await migrateDatabase(postgres.connection, log)
  const database = openDatabase(postgres.connection, log)
  await ensurePartitions(database.pool, Date.now(), 2)
  await database.close()
  const drift = await checkDrift(postgres.connection)
  process.stdout.write(drift === null ? 'The migrations make what schema.prisma describes.\n' : drift)
  process.exitCode = drift === null ? 0 : 1
} finally {
  await postgres.stop()
  rmSync(folder, { recursive: true, force: true })
}
