/** Where people are members: a group, with all its projects, or one project. */
export type Place = { groupId: number } | { projectId: number }
