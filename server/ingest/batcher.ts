// Gathers what comes in into batches. A batch is written as soon as a writer is free: alone at low load, with everything
// that waited under load. The queue is bounded in number and bytes; who finds it full is told so at once.

export interface BatcherOptions<Item, Result> {
  /** Writes all or nothing. Results in the order of the items. */
  write(items: Item[]): Promise<Result[]>
  sizeOf(item: Item): number
  /** What becomes of an item that cannot be written even alone. */
  refuse(item: Item, error: unknown): Result
  /** True for failures that are not an item's fault (the database is away): the batch fails as a whole. */
  isOutage(error: unknown): boolean
  /** @returns the result of an item that was written before its batch failed for an outage. */
  salvage?(item: Item): Result | undefined
  writers: number
  batchItemsMax: number
  batchBytesMax: number
  queueItemsMax: number
  queueBytesMax: number
  /** For items of which a batch of many costs little more than one of few; without it a free writer waits for nothing. */
  gather?: GatherOptions
}

interface GatherOptions {
  /** A batch is written once nothing was added for so long. */
  quietMs: number
  /** But for so long when fewer came than the time before: who waits for the answer then sends the next one now. */
  expectMs: number
  /** It waits no longer than this. */
  longestMs: number
}

export interface Batcher<Item, Result> {
  /** @returns null when the queue is full. Rejects when the batch failed for an outage. */
  add(item: Item): Promise<Result> | null
  /** Writes what waits, then resolves. */
  drain(): Promise<void>
  /** Items that wait for a writer. */
  waiting(): number
}

interface Waiting<Item, Result> {
  item: Item
  bytes: number
  resolve(result: Result): void
  reject(error: unknown): void
}

export function createBatcher<Item, Result>(options: BatcherOptions<Item, Result>): Batcher<Item, Result> {
  let queue: Waiting<Item, Result>[] = []
  let queueBytes = 0
  let writing = 0
  let starting = false
  /** Items of the batch before. */
  let lastCount = 0
  let drained: PromiseWithResolvers<void> | null = null

  function takeBatch(): Waiting<Item, Result>[] {
    let bytes = 0
    let count = 0
    for (const { bytes: itemBytes } of queue) {
      if (count === options.batchItemsMax || (count > 0 && bytes + itemBytes > options.batchBytesMax)) break
      bytes += itemBytes
      count += 1
    }
    queueBytes -= bytes
    lastCount = count
    if (count === queue.length) {
      const all = queue
      queue = []
      return all
    }
    return queue.splice(0, count)
  }

  function schedule(): void {
    if (starting || queue.length === 0 || writing === options.writers) return
    starting = true
    // The requests of one turn of the event loop, and the items of one envelope, travel together.
    if (options.gather === undefined) setImmediate(startWriters)
    else gather(options.gather, queue.length, performance.now(), performance.now() + options.gather.longestMs)
  }

  function gather(options: GatherOptions, countBefore: number, quietSinceMs: number, untilMs: number): void {
    setTimeout(() => {
      const nowMs = performance.now()
      const isQuiet = queue.length === countBefore
      const isEnough = queue.length >= lastCount || nowMs - quietSinceMs >= options.expectMs
      if ((isQuiet && isEnough) || nowMs >= untilMs) startWriters()
      else gather(options, queue.length, isQuiet ? quietSinceMs : nowMs, untilMs)
    }, options.quietMs)
  }

  function startWriters(): void {
    starting = false
    while (queue.length > 0 && writing < options.writers) {
      writing += 1
      void writeBatch(takeBatch()).finally(() => {
        writing -= 1
        if (options.gather === undefined) startWriters()
        else schedule()
        if (writing === 0 && queue.length === 0) drained?.resolve()
      })
    }
  }

  /** Never rejects. Halves a batch that fails until the item that spoils it stands alone. */
  async function writeBatch(batch: Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await options.write(batch.map(({ item }) => item))
      for (const [index, waiting] of batch.entries()) waiting.resolve(results[index] as Result)
    } catch (error) {
      if (options.isOutage(error)) {
        for (const waiting of batch) {
          const result = options.salvage?.(waiting.item)
          if (result === undefined) waiting.reject(error)
          else waiting.resolve(result)
        }
      } else if (batch.length === 1) {
        const [waiting] = batch as [Waiting<Item, Result>]
        waiting.resolve(options.refuse(waiting.item, error))
      } else {
        const middle = batch.length >> 1
        await writeBatch(batch.slice(0, middle))
        await writeBatch(batch.slice(middle))
      }
    }
  }

  return {
    add(item) {
      const bytes = options.sizeOf(item)
      if (queue.length >= options.queueItemsMax || queueBytes + bytes > options.queueBytesMax) return null
      const { promise, resolve, reject } = Promise.withResolvers<Result>()
      queue.push({ item, bytes, resolve, reject })
      queueBytes += bytes
      schedule()
      return promise
    },
    drain() {
      if (writing === 0 && queue.length === 0) return Promise.resolve()
      drained ??= Promise.withResolvers()
      return drained.promise
    },
    waiting: () => queue.length,
  }
}
