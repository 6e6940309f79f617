// Writes an operation for any field of the schema, so that tests can take every field there is, the next one too.

import {
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputType,
} from 'graphql'
import { schema } from '../../server/graphql/schema.ts'

export type AnyField = GraphQLField<unknown, unknown> & { extensions: { access?: unknown } }

interface WriteOptions {
  /** Global ids by the name of the argument that takes one. */
  ids: ReadonlyMap<string, string>
  /** Of a project, and of a group. */
  paths: { project: string; group: string }
  /** Which arguments are given although they need not be; `project` unless said otherwise. */
  includes?: (name: string) => boolean
}

export function listFields(typeName: string): AnyField[] {
  const type = schema.getType(typeName)
  if (!isObjectType(type)) throw new Error(`there is no type ${typeName}`)
  return Object.values(type.getFields()) as AnyField[]
}

/** `resolveIssue(input: { issue: "..." }) { __typename }` */
export function writeField(field: AnyField, options: WriteOptions): string {
  const { includes = () => false, paths } = options
  const given = field.args.filter((argument) => isNeeded(argument) || includes(argument.name))
  const written = given.map(({ name, type }) =>
    name === 'path' && field.name === 'group'
      ? `path: ${JSON.stringify(paths.group)}`
      : `${name}: ${writeValue(name, type, options)}`,
  )
  const selection = isLeafType(getNamedType(field.type)) ? '' : ' { __typename }'
  return `${field.name}${written.length > 0 ? `(${written.join(', ')})` : ''}${selection}`
}

/** The names of the arguments that take an id, those inside of inputs too. */
export function listIdArguments(inputs: Iterable<GraphQLArgument | GraphQLInputField>): string[] {
  return [...inputs].flatMap(({ name, type }) => {
    const named = getNamedType(type)
    if (isInputObjectType(named)) return listIdArguments(Object.values(named.getFields()))
    return named.name === 'ID' ? [name] : []
  })
}

/** As GraphQL writes it: ids where they are asked for, else something of the type. */
function writeValue(name: string, type: GraphQLInputType, options: WriteOptions): string {
  const bare = getNullableType(type)
  if (isListType(bare)) return `[${writeValue(name, bare.ofType, options)}]`
  if (isInputObjectType(bare)) return writeInput(bare.name, Object.values(bare.getFields()), options)
  if (isEnumType(bare)) return bare.getValues()[0]?.name ?? ''
  const named = getNamedType(bare).name
  if (named === 'ID') return JSON.stringify(options.ids.get(name) ?? 'bm9uZTox')
  if (named === 'String') return JSON.stringify(name.toLowerCase().includes('path') ? options.paths.project : 'x')
  if (named === 'Boolean') return 'true'
  if (named === 'DateTime') return '"2030-01-01T00:00:00.000Z"'
  return '1'
}

function writeInput(typeName: string, fields: readonly GraphQLInputField[], options: WriteOptions): string {
  const { includes = (name: string) => name === 'project' } = options
  const written = fields
    .filter((field) => isNeeded(field) || includes(field.name))
    .map(({ name, type }) =>
      // A deletion that is not confirmed: with the project all who ask would be gone.
      typeName.startsWith('Delete') && name === 'path'
        ? 'path: "not/typed"'
        : `${name}: ${writeValue(name, type, options)}`,
    )
  return `{ ${written.join(', ')} }`
}

function isNeeded({ type, defaultValue }: GraphQLArgument | GraphQLInputField): boolean {
  return isNonNullType(type) && defaultValue === undefined
}
