/** @returns the path with those parameters that have a value. */
export function linkWith(path: string, params: Record<string, string | null>): string {
  const filled = Object.entries(params).filter((entry): entry is [string, string] => (entry[1] ?? '') !== '')
  return filled.length === 0 ? path : `${path}?${new URLSearchParams(filled)}`
}
