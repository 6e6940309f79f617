// Queries for everything there is to ask, made from the schema.

import { getNamedType, isLeafType, isNonNullType, isObjectType, type GraphQLObjectType } from 'graphql'
import { listFields, type AnyField } from './write-operation.ts'

/**
 * Each field that leads somewhere from the query's own, with all that is told two steps further. Those with `$path` or
 * `$group` are about that project or group.
 *
 * @returns where it leads, and the query.
 */
export function listDocuments(): [string, string][] {
  return [...writeDocuments()]
}

function* writeDocuments(): Generator<[string, string]> {
  for (const field of listFields('Query')) {
    const start = startOf(field)
    const type = getNamedType(field.type)
    if (start === null || !isObjectType(type)) continue
    const { head, call } = start
    yield* writeInside(type, field.name, (selection) => `${head} { ${call} { ${selection} } }`)
  }
}

function* writeInside(
  type: GraphQLObjectType,
  place: string,
  wrap: (selection: string) => string,
): Generator<[string, string]> {
  const nodes = nodesOf(type)
  if (nodes !== null) {
    const wrapNodes = (selection: string) => wrap(`pageInfo { endCursor } edges { cursor } nodes { ${selection} }`)
    yield* writeInside(nodes, place, wrapNodes)
    return
  }
  yield [place, wrap(writeLeaves(type))]
  for (const field of Object.values(type.getFields()) as AnyField[]) {
    const inner = getNamedType(field.type)
    if (!isObjectType(inner) || needsArguments(field)) continue
    yield [`${place}.${field.name}`, wrap(`${field.name}${limit(field)} { ${writeDeep(inner, 2)} }`)]
  }
}

function startOf(field: AnyField): { head: string; call: string } | null {
  if (!needsArguments(field)) return { head: '', call: `${field.name}${limit(field)}` }
  if (field.name === 'project') return { head: 'query ($path: String!)', call: 'project(path: $path)' }
  if (field.name === 'group') return { head: 'query ($group: String!)', call: 'group(path: $group)' }
  return null
}

function writeDeep(type: GraphQLObjectType, levels: number): string {
  const nodes = nodesOf(type)
  if (nodes !== null) return `nodes { ${writeDeep(nodes, levels)} }`
  const further = levels === 0 ? [] : Object.values(type.getFields())
  const deeper = further.flatMap((field) => {
    const inner = getNamedType(field.type)
    if (!isObjectType(inner) || needsArguments(field as AnyField)) return []
    return [`${field.name}${limit(field as AnyField)} { ${writeDeep(inner, levels - 1)} }`]
  })
  return [writeLeaves(type), ...deeper].join(' ')
}

function writeLeaves(type: GraphQLObjectType): string {
  const leaves = Object.values(type.getFields()).filter(
    (field) => isLeafType(getNamedType(field.type)) && !needsArguments(field as AnyField),
  )
  return ['__typename', ...leaves.map(({ name }) => name)].join(' ')
}

/** Of a connection, what it lists. */
function nodesOf(type: GraphQLObjectType): GraphQLObjectType | null {
  const nodes = type.getFields()['nodes']
  const named = nodes && getNamedType(nodes.type)
  return named !== undefined && isObjectType(named) ? named : null
}

function limit(field: AnyField): string {
  return field.args.some(({ name }) => name === 'first') ? '(first: 3)' : ''
}

function needsArguments(field: AnyField): boolean {
  return field.args.some(({ type, defaultValue }) => isNonNullType(type) && defaultValue === undefined)
}
