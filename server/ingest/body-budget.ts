/** Counts the bytes of all bodies that are in flight, so that many large requests together cannot exhaust memory. */
export interface BodyBudget {
  /** False when there is no room: nothing was taken then. */
  take(bytes: number): boolean
  give(bytes: number): void
  inUse(): number
}

export function createBodyBudget(bytesMax: number): BodyBudget {
  let bytesInUse = 0
  return {
    take(bytes) {
      if (bytesInUse + bytes > bytesMax) return false
      bytesInUse += bytes
      return true
    },
    give(bytes) {
      bytesInUse -= bytes
    },
    inUse: () => bytesInUse,
  }
}
