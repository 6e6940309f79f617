// What became of everything that was sent to the project. The URL holds the period and the kind of data that is shown.

import { mayManage } from '#lib/domain/may-manage.ts'
import { explainFailure, runQuery } from '#lib/graphql/client.ts'
import type { ResultOf } from '#lib/graphql/graphql.ts'
import { Refreshed } from '#lib/graphql/refreshed.svelte.ts'
import type { PageLoad } from './$types'
import { Ingest } from './ingest.gql.ts'

export type IngestContent = NonNullable<ResultOf<typeof Ingest>['project']>

export const load: PageLoad = async ({ fetch, parent, url, depends }) => {
  depends('app:ingest')
  const period = url.searchParams.get('period') === '30d' ? 'LAST_30_DAYS' : 'LAST_24_HOURS'
  const { project } = await parent()
  const asked = { path: project.path, period, mayManage: mayManage(project.viewerRole) } as const
  try {
    const answer = await runQuery(Ingest, asked, fetch)
    const read = async () => (await runQuery(Ingest, asked)).project
    return { period, live: new Refreshed<IngestContent>(answer.project, read), failure: null }
  } catch (failure) {
    return { period, live: null, failure: explainFailure(failure) }
  }
}
