// One issue and one of its events: the latest, or the one that `?event=` names.

import { error } from '@sveltejs/kit'
import { loadQuery } from '#lib/graphql/client.ts'
import { words } from '#lib/words.ts'
import type { PageLoad } from './$types'
import { IssuePage } from './issue.gql.ts'
import { LiveIssue } from './live-issue.svelte.ts'

export const load: PageLoad = async ({ fetch, params, parent, url, depends }) => {
  depends('app:issue')
  const { project } = await parent()
  const eventId = url.searchParams.get('event') ?? ''
  const answer = await loadQuery(fetch, IssuePage, {
    path: project.path,
    shortId: params.shortId,
    event: eventId,
    chosen: eventId !== '',
  })
  const issue = answer.project?.issue
  if (!issue) error(404, words.notFound.title, { code: 'NOT_FOUND' })
  const chosen = answer.node && 'issue' in answer.node && answer.node.issue.id === issue.id ? answer.node : null
  if (eventId !== '' && !chosen) error(404, words.event.gone, { code: 'NOT_FOUND' })
  return {
    live: new LiveIssue(issue),
    event: chosen ?? issue.latestEvent ?? null,
    oldestId: issue.oldestEvent?.id ?? null,
    isLatest: chosen === null,
  }
}
