// A memory of bounded size that forgets what was not asked for longest, by halves: it holds at least the last half of
// `entriesMax` keys and costs one more look-up instead of an order to keep.

export interface RecentMap<Value> {
  get(key: string): Value | undefined
  set(key: string, value: Value): void
}

export function createRecentMap<Value>(entriesMax: number): RecentMap<Value> {
  let young = new Map<string, Value>()
  let old = new Map<string, Value>()

  function set(key: string, value: Value): void {
    if (young.size * 2 >= entriesMax) {
      old = young
      young = new Map()
    }
    young.set(key, value)
  }

  return {
    set,
    get(key) {
      const value = young.get(key)
      if (value !== undefined) return value
      const older = old.get(key)
      if (older !== undefined) set(key, older)
      return older
    },
  }
}
