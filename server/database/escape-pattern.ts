/** For what is sought as it stands: Prisma makes a pattern of `contains` and the like, in which these mean something else. */
export function escapePattern(text: string): string {
  return text.replaceAll(/[\\%_]/g, '\\$&')
}
