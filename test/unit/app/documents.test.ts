// Every document of the dashboard against the schema that the server prints: a field that was renamed fails here, not on
// somebody's screen.

import { globSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { buildSchema, Kind, print, validate } from 'graphql'
import type { DocumentNode } from 'graphql'
import { describe, expect, it } from 'vitest'

const ROOT = join(import.meta.dirname, '../../..')
const schema = buildSchema(readFileSync(join(ROOT, 'schema.graphql'), 'utf8'))

const documents: [name: string, document: DocumentNode][] = []
for (const file of globSync('app/**/*.gql.ts', { cwd: ROOT })) {
  const exported = (await import(join(ROOT, file))) as Record<string, DocumentNode>
  for (const [name, document] of Object.entries(exported))
    documents.push([`${relative('app', file)} ${name}`, document])
}

/** A fragment alone is not an operation; what only it declares is unused by definition. */
function isOperation(document: DocumentNode): boolean {
  return document.definitions.some((definition) => definition.kind === Kind.OPERATION_DEFINITION)
}

/** `@_unmask` speaks to the type checker only; it never reaches the server. */
function sendable(document: DocumentNode): DocumentNode {
  expect(print(document)).not.toContain('@_unmask')
  return document
}

describe('the documents of the dashboard', () => {
  const operations = documents.filter(([, document]) => isOperation(document))

  it('are found', () => {
    expect(operations.length).toBeGreaterThan(10)
  })

  it.each(operations)('%s is valid against schema.graphql', (_name, document) => {
    expect(validate(schema, sendable(document))).toEqual([])
  })

  it('have names of their own', () => {
    const names = operations.flatMap(([, document]) =>
      document.definitions.flatMap((definition) =>
        definition.kind === Kind.OPERATION_DEFINITION ? [definition.name?.value] : [],
      ),
    )
    expect(new Set(names).size).toBe(names.length)
  })
})
