import { graphql } from '#lib/graphql/graphql.ts'

export const MailState = graphql(`
  query MailState {
    instance {
      mail
    }
  }
`)
