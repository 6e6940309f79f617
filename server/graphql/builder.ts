// The schema builder with its plugins, and nothing else: the types are in types/, one file for each noun.

import SchemaBuilder from '@pothos/core'
import ComplexityPlugin from '@pothos/plugin-complexity'
import PrismaPlugin from '@pothos/plugin-prisma'
import RelayPlugin from '@pothos/plugin-relay'
import type { Json } from '../domain/event.ts'
import type { Context } from './context.ts'
import AccessPlugin from './access-plugin.ts'
import { getDatamodel } from './generated/pothos-types.ts'
import type PrismaTypes from './generated/pothos-types.ts'
import { decodeGlobalId, encodeGlobalId } from './global-id.ts'

type Scalars = {
  ID: { Input: string; Output: string }
  DateTime: { Input: Date; Output: Date }
  BigInt: { Input: bigint; Output: bigint }
  JSON: { Input: Json; Output: unknown }
}

/** A connection's edges and nodes cost what their page costs, not ten times that. */
const pageOfNodes = { complexity: { field: 0, multiplier: 1 } }

export const builder = new SchemaBuilder<{
  Context: Context
  PrismaTypes: PrismaTypes
  Scalars: Scalars
  DefaultFieldNullability: false
  DefaultEdgesNullability: false
  DefaultNodeNullability: false
}>({
  defaultFieldNullability: false,
  // The first one's checks come last: what an operation may cost is asked before what it may do.
  plugins: [AccessPlugin, ComplexityPlugin, RelayPlugin, PrismaPlugin],
  prisma: {
    client: (context) => context.database.prisma,
    dmmf: getDatamodel(),
    onUnusedQuery: null,
  },
  relay: {
    cursorType: 'String',
    encodeGlobalID: (typename, id) => encodeGlobalId(typename, String(id)),
    decodeGlobalID: (globalId) => decodeGlobalId(globalId) ?? { typename: '', id: '' },
    // `node` is a field of our own, in types/node.ts, which asks for permission first.
    nodeQueryOptions: false,
    nodesQueryOptions: false,
    edgesFieldOptions: pageOfNodes,
    nodesOnConnection: pageOfNodes,
  },
})

builder.queryType({})
builder.mutationType({})
builder.subscriptionType({})
