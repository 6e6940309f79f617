// `graphql()` parses a document and types it by schema.graphql. The types are generated (`npm run check:types`) and not
// committed; without them the app still builds and runs.

import { initGraphQLTada } from 'gql.tada'
import type { introspection } from './generated/schema-types.d.ts'

export const graphql = initGraphQLTada<{
  introspection: introspection
  scalars: {
    /** ISO 8601 in UTC. */
    DateTime: string
    /** A number while that is exact, else its digits. */
    BigInt: number | string
    JSON: unknown
  }
}>()

export type { FragmentOf, ResultOf, VariablesOf } from 'gql.tada'
