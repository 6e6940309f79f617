// Collects the keys that are asked for in one turn of the event loop, and reads them with one call. What was read is kept
// for the loader's life (one operation), or for a short time where subscribers of the whole process share a loader.

export interface BatchLoader<Key, Value> {
  load(key: Key): Promise<Value>
  /** What was read in another way is not read again. */
  keep(key: Key, value: Value): void
  /** The next load reads anew; one that is under way goes on for those who wait for it. */
  forget(key: Key): void
}

export interface Keeping {
  keepMs: number
  entriesMax: number
}

interface Entry<Value> {
  promise: Promise<Value>
  atMs: number
}

/**
 * @param idOf tells equal keys apart from others.
 * @param readMany answers in the order of its keys, which are distinct.
 * @param keeping for ever, where it is left out.
 */
export function createBatchLoader<Key, Value>(
  idOf: (key: Key) => string | number,
  readMany: (keys: Key[]) => Promise<Value[]>,
  keeping: Keeping = { keepMs: Infinity, entriesMax: Infinity },
): BatchLoader<Key, Value> {
  const entries = new Map<string | number, Entry<Value>>()
  let queue = new Map<string | number, { key: Key; waiting: PromiseWithResolvers<Value> }>()

  async function readQueue(): Promise<void> {
    const batch = [...queue.values()]
    queue = new Map()
    try {
      const values = await readMany(batch.map(({ key }) => key))
      for (const [index, { waiting }] of batch.entries()) waiting.resolve(values[index] as Value)
    } catch (error) {
      for (const { key, waiting } of batch) {
        entries.delete(idOf(key))
        waiting.reject(error)
      }
    }
  }

  function enqueue(id: string | number, key: Key): Promise<Value> {
    const queued = queue.get(id)
    if (queued !== undefined) return queued.waiting.promise
    const waiting = Promise.withResolvers<Value>()
    // After the promises that are being settled now, so that the fields of all rows of a list come together.
    if (queue.size === 0) setImmediate(() => void readQueue())
    queue.set(id, { key, waiting })
    return waiting.promise
  }

  function keep(id: string | number, promise: Promise<Value>): Promise<Value> {
    // Oldest first, since what is read again goes to the end.
    entries.delete(id)
    const atMs = performance.now()
    for (const [oldId, entry] of entries) {
      if (entries.size < keeping.entriesMax && atMs - entry.atMs < keeping.keepMs) break
      entries.delete(oldId)
    }
    entries.set(id, { promise, atMs })
    return promise
  }

  return {
    load(key) {
      const id = idOf(key)
      const known = entries.get(id)
      if (known !== undefined && performance.now() - known.atMs < keeping.keepMs) return known.promise
      return keep(id, enqueue(id, key))
    },
    keep(key, value) {
      void keep(idOf(key), Promise.resolve(value))
    },
    forget(key) {
      entries.delete(idOf(key))
    },
  }
}
