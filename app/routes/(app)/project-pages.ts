// The pages of a project, in the order in which the rail shows them. Here they get their name and icon; what is below
// `/<group>/<project>/<path>` belongs to them.

import type { IconName } from '#lib/ui/icon-paths.ts'
import { words } from '#lib/words.ts'

export interface ProjectPage {
  /** Below the project's own address; empty for the list of issues. */
  path: string
  icon: IconName
  title: string
}

export const PROJECT_PAGES: readonly ProjectPage[] = [
  { path: '', icon: 'issues', title: words.issues.title },
  { path: 'releases', icon: 'release', title: words.releases.title },
  { path: 'feedback', icon: 'speech', title: words.feedback.title },
  { path: 'ingest', icon: 'intake', title: words.ingest.title },
  { path: 'settings', icon: 'settings', title: words.settings.title },
]

/** @param routeId as SvelteKit names it: `/(app)/[group]/[project]/settings`. null for pages that belong to no project. */
export function findProjectPage(routeId: string | null): ProjectPage | null {
  const rest = routeId?.match(/^\/\(app\)\/\[group\]\/\[project\](?:\/([^/]+))?/)
  if (!rest) return null
  // The list's own pages, the issues, lie below `issues/`.
  const path = rest[1] === undefined || rest[1] === 'issues' ? '' : rest[1]
  return PROJECT_PAGES.find((page) => page.path === path) ?? null
}
