/** A list as people write one: an entry a line. */
export function joinLines(entries: readonly string[]): string {
  return entries.join('\n')
}

export function splitLines(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
}
