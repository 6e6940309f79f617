import { graphql } from '#lib/graphql/graphql.ts'

export const SignInWays = graphql(`
  query SignInWays {
    instance {
      signInProvider
    }
  }
`)
