export type Role = 'REPORTER' | 'DEVELOPER' | 'MAINTAINER' | 'OWNER'

/** Settings and client keys are for maintainers and owners; who else asks for them is refused. */
export function mayManage(role: Role | null): boolean {
  return role === 'MAINTAINER' || role === 'OWNER'
}

/** Resolving, ignoring and reopening issues is for all but reporters. */
export function mayChangeIssues(role: Role | null): boolean {
  return role !== null && role !== 'REPORTER'
}
