// The project's issues, as the URL filters them; for a project that has no event yet, the DSN to send the first one to.

import { LiveIssueList } from '#lib/domain/live-issue-list.svelte.ts'
import { readFilter } from '#lib/domain/issue-filter.ts'
import { mayManage } from '#lib/domain/may-manage.ts'
import { explainFailure, leaveBrokenPage, loadQuery, runQuery } from '#lib/graphql/client.ts'
import type { PageLoad } from './$types'
import { FirstEvent, IssueList } from './list.gql.ts'

const PAGE_SIZE = 25

export const load: PageLoad = async ({ fetch, parent, url, depends }) => {
  depends('app:issues')
  const filter = readFilter(url.searchParams)
  const { project } = await parent()
  const path = project.path
  if (project.lastEventAt === null) {
    const answer = await loadQuery(fetch, FirstEvent, { path, mayManage: mayManage(project.viewerRole) })
    const dsn = answer.project?.clientKeys?.find((key) => key.active)?.dsn ?? null
    return { filter, dsn, list: null, failure: null }
  }
  try {
    const { sort, direction, status, after, query } = filter
    const variables = {
      path,
      sort,
      direction,
      status,
      query: query || null,
      first: PAGE_SIZE,
      after: after.at(-1) ?? null,
    }
    const answer = await runQuery(IssueList, variables, fetch)
    const issues = answer.project?.issues
    const rows = issues?.edges.map((edge) => edge.node) ?? []
    const pageInfo = {
      hasNextPage: issues?.pageInfo.hasNextPage ?? false,
      endCursor: issues?.pageInfo.endCursor ?? null,
    }
    return { filter, dsn: null, list: new LiveIssueList(filter, rows, pageInfo), failure: null }
  } catch (failure) {
    leaveBrokenPage(failure, url)
    return { filter, dsn: null, list: null, failure: explainFailure(failure) }
  }
}
