/** How the exception came to be captured, as the SDK names it: `onunhandledrejection`; null when it does not say. */
export function describeMechanism(mechanism: unknown): string | null {
  if (mechanism === null || typeof mechanism !== 'object' || !('type' in mechanism)) return null
  return typeof mechanism.type === 'string' && mechanism.type !== '' ? mechanism.type : null
}
