// How the project's releases do. The URL holds the period, the environment, a part of the version, and where the page begins.

import { explainFailure, leaveBrokenPage, runQuery } from '#lib/graphql/client.ts'
import type { ResultOf } from '#lib/graphql/graphql.ts'
import { Refreshed } from '#lib/graphql/refreshed.svelte.ts'
import type { PageLoad } from './$types'
import { Releases } from './releases.gql.ts'

export type ReleasesContent = NonNullable<ResultOf<typeof Releases>['project']>

const PAGE_SIZE = 25

export const load: PageLoad = async ({ fetch, parent, url, depends }) => {
  depends('app:releases')
  const { searchParams } = url
  const period = searchParams.get('period') === '30d' ? 'LAST_30_DAYS' : 'LAST_24_HOURS'
  // Empty: what has no environment.
  const environment = searchParams.get('environment')
  const search = searchParams.get('search')
  const after = searchParams.get('after')
  const { project } = await parent()
  const asked = { path: project.path, first: PAGE_SIZE, period, environment, search, after } as const
  const filter = { period, environment, search, after }
  try {
    const answer = await runQuery(Releases, asked, fetch)
    const read = async () => (await runQuery(Releases, asked)).project
    return { ...filter, live: new Refreshed<ReleasesContent>(answer.project, read), failure: null }
  } catch (failure) {
    leaveBrokenPage(failure, url)
    return { ...filter, live: null, failure: explainFailure(failure) }
  }
}
