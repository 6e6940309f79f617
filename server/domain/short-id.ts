/** `SHOP-1F`: the project's name and the issue's number in base 36, short enough to say aloud. */
export function formatShortId(projectName: string, issueNumber: number): string {
  return `${projectName.toUpperCase()}-${issueNumber.toString(36).toUpperCase()}`
}

/** @returns the issue's number, or null. The name before the last hyphen is not checked: projects get renamed. */
export function parseShortId(shortId: string): number | null {
  const digits = /-([0-9a-z]{1,7})$/i.exec(shortId)?.[1]
  if (digits === undefined) return null
  const number = Number.parseInt(digits, 36)
  return number > 0 && number <= 2_147_483_647 ? number : null
}
