// The groups in which the viewer may put a project.

import { graphql, type FragmentOf } from '#lib/graphql/graphql.ts'

export const OpenGroups = graphql(`
  fragment OpenGroups_query on Query @_unmask {
    instance {
      viewerMayCreateGroups
    }
    groups(first: 100) {
      nodes {
        path
        viewerMayCreateProjects
      }
    }
  }
`)

export interface OpenGroups {
  paths: string[]
  /** One that is named and not there is made. */
  mayCreate: boolean
}

/** @returns null: there is none. */
export function listOpenGroups({ groups, instance }: FragmentOf<typeof OpenGroups>): OpenGroups | null {
  const paths = groups.nodes.filter((group) => group.viewerMayCreateProjects).map((group) => group.path)
  const mayCreate = instance.viewerMayCreateGroups
  return paths.length > 0 || mayCreate ? { paths, mayCreate } : null
}
