// Our nouns as GitLab's API shows them: the one file in which its words meet ours.

import type { Viewer } from '../../auth/viewer.ts'
import type { ClientKey } from '../../database/generated/client.ts'
import { buildDsn, isKeyUsable } from '../../domain/client-key.ts'
import type { ProjectRow } from '../../projects/project-row.ts'

/** An integrated project has no Sentry server, so what would name one is null. */
export function toGitlabSettings({ trackingEnabled, backend }: ProjectRow): object {
  return {
    active: trackingEnabled,
    project_name: null,
    sentry_external_url: null,
    api_url: null,
    integrated: backend === 'INTEGRATED',
  }
}

export function toGitlabKey(clientKey: ClientKey, publicUrl: string, nowMs: number): object {
  const { id, publicKey, projectId } = clientKey
  return {
    id,
    active: isKeyUsable(clientKey, nowMs),
    public_key: publicKey,
    sentry_dsn: buildDsn(publicUrl, publicKey, projectId),
  }
}

/** The part by which API clients find a project and call it. */
export function toGitlabProject(project: ProjectRow, publicUrl: string): object {
  const { id, slug, name, group, createdAt } = project
  const path = `${group.name}/${slug}`
  return {
    id,
    description: null,
    name,
    name_with_namespace: `${group.name} / ${name}`,
    path: slug,
    path_with_namespace: path,
    created_at: createdAt.toISOString(),
    default_branch: null,
    tag_list: [],
    topics: [],
    visibility: 'private',
    archived: false,
    web_url: `${publicUrl}/${path}`,
    avatar_url: null,
    namespace: {
      id: group.id,
      name: group.name,
      path: group.name,
      kind: 'group',
      full_path: group.name,
      parent_id: null,
      avatar_url: null,
      web_url: `${publicUrl}/${group.name}`,
    },
  }
}

/** A project's token is what GitLab calls a bot. @param number the person's; the project's for its token. */
export function toGitlabUser(viewer: Viewer, number: number, publicUrl: string): object {
  const isBot = viewer.kind === 'project_token'
  const username = isBot ? `project_${viewer.projectId}_bot` : viewer.email.replace(/@.*$/, '')
  return {
    id: number,
    username,
    name: viewer.name ?? username,
    state: 'active',
    avatar_url: null,
    web_url: publicUrl,
    bot: isBot,
    email: isBot ? null : viewer.email,
    is_admin: viewer.kind === 'person' && viewer.isOwner,
  }
}
