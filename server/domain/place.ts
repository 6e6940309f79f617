/** Where people are members: a group, with all its projects, or one project. */
export type Place = { groupId: number } | { projectId: number }

export function formatPlace(place: Place): string {
  return 'groupId' in place ? `group ${place.groupId}` : `project ${place.projectId}`
}
