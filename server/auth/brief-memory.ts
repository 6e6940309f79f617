// What a request asks again and again (whose token is this, whose cookie), remembered for a few seconds, so that hundreds
// of requests a second cost one query. Misses are remembered too. Requests that arrive together share one look-up.

export interface BriefMemory<Value> {
  recall(key: string, load: () => Promise<Value>): Promise<Value>
  /** A look-up that is under way is not kept either. */
  forget(key: string): void
  forgetAll(): void
}

/** @param lifeMs how long this process may be behind after a change that it was not told of. */
export function createBriefMemory<Value>(options: {
  lifeMs: number
  entriesMax: number
  clock: () => number
}): BriefMemory<Value> {
  const { lifeMs, entriesMax, clock } = options
  const entries = new Map<string, { value: Promise<Value>; untilMs: number }>()

  return {
    recall(key, load) {
      const known = entries.get(key)
      if (known !== undefined && clock() < known.untilMs) return known.value
      // Deleted first, so that the map stays in the order of age and the first key is the one to give up.
      entries.delete(key)
      if (entries.size >= entriesMax) {
        const oldest = entries.keys().next()
        if (!oldest.done) entries.delete(oldest.value)
      }
      const entry = { value: load(), untilMs: clock() + lifeMs }
      entries.set(key, entry)
      entry.value.catch(() => {
        if (entries.get(key) === entry) entries.delete(key)
      })
      return entry.value
    },

    forget(key) {
      entries.delete(key)
    },

    forgetAll() {
      entries.clear()
    },
  }
}
