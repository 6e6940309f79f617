// Prints the schema, sorted, into schema.graphql, which clients read and reviewers compare. With `--check` it only tells
// whether the file is what the code says.

import { readFileSync, writeFileSync } from 'node:fs'
import { printSchema } from 'graphql'
import { schema } from './schema.ts'

const file = new URL('../../schema.graphql', import.meta.url)
const printed = `${printSchema(schema)}\n`

if (!process.argv.includes('--check')) {
  writeFileSync(file, printed)
} else if (readFileSync(file, 'utf8') !== printed) {
  console.error('schema.graphql is not what the code says. Run: node server/graphql/print-schema.ts')
  process.exitCode = 1
}
