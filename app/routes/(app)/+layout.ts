// The frame of every page: who is signed in, and the rail's projects. Pages wait for it, so that a visitor who is not
// signed in causes this one request and no other.

import { error } from '@sveltejs/kit'
import { loadQuery } from '#lib/graphql/client.ts'
import { words } from '#lib/words.ts'
import type { LayoutLoad } from './$types'
import { Frame } from './layout.gql.ts'

const PROJECTS_MAX = 100

export const load: LayoutLoad = async ({ fetch, depends }) => {
  depends('app:frame')
  const { viewer, projects } = await loadQuery(fetch, Frame, { projectsMax: PROJECTS_MAX })
  if (!viewer) error(401, words.signIn.title, { code: 'UNAUTHENTICATED' })
  return { viewer, railProjects: projects.edges.map((edge) => edge.node) }
}
