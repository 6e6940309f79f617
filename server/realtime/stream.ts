// The subscriber's end of a subscription: an iterator that waits until there is something to take. What is kept for it
// until then, and what is dropped, is the source's business.

export interface Stream<Value> {
  iterator: AsyncIterableIterator<Value>
  /** There may be something to take now. */
  wake(): void
  end(): void
}

/**
 * @param take gives the next value, or undefined when there is none now.
 * @param onEnd is called once, whoever ends it.
 */
export function createStream<Value>(take: () => Value | undefined, onEnd: () => void): Stream<Value> {
  const DONE: IteratorReturnResult<undefined> = { done: true, value: undefined }
  let ended = false
  let waiting: PromiseWithResolvers<IteratorResult<Value, undefined>>[] = []

  function end(): void {
    if (ended) return
    ended = true
    for (const { resolve } of waiting) resolve(DONE)
    waiting = []
    onEnd()
  }

  return {
    end,
    wake() {
      while (waiting.length > 0) {
        const value = take()
        if (value === undefined) return
        waiting.shift()?.resolve({ done: false, value })
      }
    },
    iterator: {
      [Symbol.asyncIterator]() {
        return this
      },
      next() {
        if (ended) return Promise.resolve(DONE)
        const value = waiting.length === 0 ? take() : undefined
        if (value !== undefined) return Promise.resolve({ done: false, value })
        const pending = Promise.withResolvers<IteratorResult<Value, undefined>>()
        waiting.push(pending)
        return pending.promise
      },
      return() {
        end()
        return Promise.resolve(DONE)
      },
    },
  }
}
