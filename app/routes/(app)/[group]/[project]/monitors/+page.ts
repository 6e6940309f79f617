// How the project's monitors do, asked for again every few seconds.

import { mayManage } from '#lib/domain/may-manage.ts'
import { explainFailure, runQuery } from '#lib/graphql/client.ts'
import type { ResultOf } from '#lib/graphql/graphql.ts'
import { Refreshed } from '#lib/graphql/refreshed.svelte.ts'
import type { PageLoad } from './$types'
import { Monitors } from './monitors.gql.ts'

export type MonitorsContent = NonNullable<ResultOf<typeof Monitors>['project']>
export type Monitor = MonitorsContent['monitors'][number]
export type MonitorEnvironment = Monitor['environments'][number]

export const load: PageLoad = async ({ fetch, parent, depends }) => {
  depends('app:monitors')
  const { project } = await parent()
  const asked = { path: project.path, mayManage: mayManage(project.viewerRole) }
  try {
    const answer = await runQuery(Monitors, asked, fetch)
    const read = async () => (await runQuery(Monitors, asked)).project
    return { ...asked, live: new Refreshed<MonitorsContent>(answer.project, read), failure: null }
  } catch (failure) {
    return { ...asked, live: null, failure: explainFailure(failure) }
  }
}
