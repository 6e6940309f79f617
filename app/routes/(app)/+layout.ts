// The frame of every page: who is signed in, and the rail's projects. Pages wait for it, so that a visitor who is not
// signed in causes this request, the one for the ways to sign in, and no other.

import { error, isHttpError } from '@sveltejs/kit'
import { SignInWays } from '#lib/domain/sign-in-ways.gql.ts'
import { loadQuery } from '#lib/graphql/client.ts'
import { words } from '#lib/words.ts'
import type { LayoutLoad } from './$types'
import { Frame } from './layout.gql.ts'

const PROJECTS_MAX = 100

export const load: LayoutLoad = async ({ fetch, depends }) => {
  depends('app:frame')
  try {
    const { viewer, projects } = await loadQuery(fetch, Frame, { projectsMax: PROJECTS_MAX })
    if (viewer) return { viewer, railProjects: projects.edges.map((edge) => edge.node) }
  } catch (failure) {
    if (!isHttpError(failure) || failure.body.code !== 'UNAUTHENTICATED') throw failure
  }
  const { instance } = await loadQuery(fetch, SignInWays, {})
  error(401, words.signIn.title, { code: 'UNAUTHENTICATED', signInProvider: instance.signInProvider })
}
