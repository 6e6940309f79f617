// The pages of a project, in the order in which the rail shows them. Here they get their name and icon; what is below
// `/<group>/<project>/<path>` belongs to them.

import type { Role } from '#lib/domain/may-manage.ts'
import type { IconName } from '#lib/ui/icon-paths.ts'
import { words } from '#lib/words.ts'

export interface ProjectPage {
  /** Below the project's own address; empty for the list of issues. */
  path: string
  icon: IconName
  title: string
  /** Who may open it; everybody who sees the project, unless given. */
  roles?: readonly Role[]
}

export const PROJECT_PAGES: readonly ProjectPage[] = [
  { path: '', icon: 'issues', title: words.issues.title },
  { path: 'releases', icon: 'release', title: words.releases.title },
  { path: 'monitors', icon: 'clock', title: words.monitors.title },
  { path: 'feedback', icon: 'speech', title: words.feedback.title },
  { path: 'ingest', icon: 'intake', title: words.ingest.title },
  { path: 'members', icon: 'people', title: words.members.title },
  { path: 'settings', icon: 'settings', title: words.settings.title, roles: ['MAINTAINER', 'OWNER'] },
  { path: 'audit', icon: 'log', title: words.audit.title, roles: ['OWNER'] },
]

/** @param role null: nobody's. */
export function listProjectPages(role: Role | null): readonly ProjectPage[] {
  return PROJECT_PAGES.filter(({ roles }) => roles === undefined || (role !== null && roles.includes(role)))
}

/** @param routeId as SvelteKit names it: `/(app)/[group]/[project]/settings`. null for pages that belong to no project. */
export function findProjectPage(routeId: string | null): ProjectPage | null {
  const rest = routeId?.match(/^\/\(app\)\/\[group\]\/\[project\](?:\/([^/]+))?/)
  if (!rest) return null
  // The list's own pages, the issues, lie below `issues/`.
  const path = rest[1] === undefined || rest[1] === 'issues' ? '' : rest[1]
  return PROJECT_PAGES.find((page) => page.path === path) ?? null
}
