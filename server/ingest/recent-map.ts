// A memory of bounded size that forgets what was not asked for longest, by halves: it holds at least the last half of
// what it may hold and costs one more look-up instead of an order to keep.

export interface RecentMap<Value> {
  get(key: string): Value | undefined
  set(key: string, value: Value): void
}

/** @param weigh how much of `weightMax` an entry takes: one, unless it says otherwise. */
export function createRecentMap<Value>(weightMax: number, weigh: (value: Value) => number = () => 1): RecentMap<Value> {
  let young = new Map<string, Value>()
  let old = new Map<string, Value>()
  let youngWeight = 0

  function set(key: string, value: Value): void {
    const before = young.get(key)
    if (before !== undefined) youngWeight -= weigh(before)
    const weight = weigh(value)
    if ((youngWeight + weight) * 2 > weightMax) {
      old = young
      young = new Map()
      youngWeight = 0
    }
    young.set(key, value)
    youngWeight += weight
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
