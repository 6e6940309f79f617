// The project that all pages below are about. One that is not there and one that is not yours look the same.

import { error } from '@sveltejs/kit'
import { loadQuery } from '#lib/graphql/client.ts'
import { words } from '#lib/words.ts'
import type { LayoutLoad } from './$types'
import { ProjectHead } from './project.gql.ts'

export const load: LayoutLoad = async ({ fetch, params, parent, depends }) => {
  depends('app:project')
  await parent()
  const { project } = await loadQuery(fetch, ProjectHead, { path: `${params.group}/${params.project}` })
  if (!project) error(404, words.notFound.title, { code: 'NOT_FOUND' })
  return { project }
}
