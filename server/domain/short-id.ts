/** `SHOP-1A`: the project's name in its path and the issue's number in base 36, short enough to say aloud. */
export function formatShortId(projectName: string, issueNumber: number): string {
  return `${projectName.toUpperCase()}-${issueNumber.toString(36).toUpperCase()}`
}

/** @returns the two parts, in any letter case, the name as paths have it; null for what is no short id. */
export function parseShortId(shortId: string): { projectName: string; issueNumber: number } | null {
  const [, projectName, digits] = /^([a-z0-9_-]{1,63})-([0-9a-z]{1,7})$/i.exec(shortId) ?? []
  if (projectName === undefined || digits === undefined) return null
  const issueNumber = Number.parseInt(digits, 36)
  if (issueNumber < 1 || issueNumber > 2_147_483_647) return null
  return { projectName: projectName.toLowerCase(), issueNumber }
}
