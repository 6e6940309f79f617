// Reads events as GraphQL gives them, with every field there is: what a test posts must be readable to the last one. The
// fields are those of schema.graphql, so that nobody has to remember a new one here.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildSchema, getNamedType, isObjectType, isRequiredArgument, type GraphQLObjectType } from 'graphql'
import type { ApiClient } from './api-client.ts'

/** What the contract says of an event; all else is there too. */
export interface WholeEvent {
  id: string
  eventId: string
  level: string
  platform: string | null
  title: string
  timestamp: string
  message: string | null
  environment: string | null
  release: string | null
  dist: string | null
  transaction: string | null
  exceptions: { type: string | null; value: string | null; frames: Record<string, unknown>[]; mechanism: unknown }[]
  stacktrace: Record<string, unknown>[]
  threads: { id: string | null; frames: Record<string, unknown>[] }[]
  breadcrumbs: { message: string | null; timestamp: string | null; category: string | null; data: unknown }[]
  tags: { key: string; value: string }[]
  attachments: { name: string; size: number; downloadPath: string }[]
  user: { id: string | null; email: string | null; username: string | null; ipAddress: string | null } | null
  request: {
    url: string | null
    method: string | null
    headers: { name: string; value: string }[]
    data: unknown
  } | null
  contexts: Record<string, Record<string, unknown>>
  extra: Record<string, unknown>
  sdk: { name: string | null; version: string | null } | null
  errors: { type: string; name: string | null; value: unknown }[]
  issue: { title: string }
  json: Record<string, unknown>
}

const schema = buildSchema(readFileSync(join(import.meta.dirname, '../../schema.graphql'), 'utf8'))
const EVENT_FIELDS = selectAll(schema.getType('Event') as GraphQLObjectType, [])
const IDS = `query ($path: String!, $after: String) { project(path: $path) {
  issues(status: null, first: 40, after: $after) {
    pageInfo { hasNextPage endCursor } nodes { events(first: 20) { nodes { id } } } } } }`
const EVENT = `query ($id: ID!) { node(id: $id) { ... on Event { ${EVENT_FIELDS} } } }`

interface IssuePage {
  issues: {
    pageInfo: { hasNextPage: boolean; endCursor: string | null }
    nodes: { events: { nodes: { id: string }[] } }[]
  }
}

/** @returns the latest 20 events of every issue. @throws Error when one of them cannot be read whole. */
export async function readWholeEvents(api: Pick<ApiClient, 'gql'>, path: string): Promise<WholeEvent[]> {
  const ids: string[] = []
  for (let after: string | null = null; ;) {
    const { project }: { project: IssuePage } = await api.gql(IDS, { path, after })
    for (const issue of project.issues.nodes) ids.push(...issue.events.nodes.map(({ id }) => id))
    if (!project.issues.pageInfo.hasNextPage) break
    after = project.issues.pageInfo.endCursor
  }
  const events: WholeEvent[] = []
  for (const id of ids) events.push((await api.gql<{ node: WholeEvent }>(EVENT, { id })).node)
  return events
}

/** Every field that needs no argument. Of other nodes the plain fields, of a type that it is already within the id. */
function selectAll(type: GraphQLObjectType, within: readonly GraphQLObjectType[]): string {
  const isNested = within.length > 0 && type.getInterfaces().some(({ name }) => name === 'Node')
  const selected: string[] = []
  for (const field of Object.values(type.getFields())) {
    if (field.args.some(isRequiredArgument)) continue
    const of = getNamedType(field.type)
    if (!isObjectType(of)) selected.push(field.name)
    else if (of === type || within.includes(of)) selected.push(`${field.name} { id }`)
    else if (!isNested) selected.push(`${field.name} { ${selectAll(of, [...within, type])} }`)
  }
  return selected.join(' ')
}
