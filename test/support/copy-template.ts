import pg from 'pg'
import type { DatabaseConnection } from '../../server/database/connection.ts'

/** Makes a database that has the schema and nothing else. It goes with the whole PostgreSQL when the run ends. */
export async function copyTemplate(template: DatabaseConnection, name: string): Promise<DatabaseConnection> {
  const client = new pg.Client({ ...template, database: 'postgres' })
  await client.connect()
  try {
    await client.query(`CREATE DATABASE "${name}" TEMPLATE "${template.database}"`)
  } finally {
    await client.end()
  }
  return { ...template, database: name }
}
