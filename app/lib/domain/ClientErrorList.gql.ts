import { graphql } from '#lib/graphql/graphql.ts'

export const ClientErrorFields = graphql(`
  fragment ClientErrorList_error on ClientError @_unmask {
    id
    status
    code
    message
    sdk
    address
    count
    firstAt
    lastAt
  }
`)
