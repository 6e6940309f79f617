// Which issues one subscriber of `issueDeleted` is still to be told of. Who is too far behind has stopped reading: it is sent
// off, and reads the list when it comes back.

import { QUEUE_MAX } from './issue-stream.ts'
import { createStream } from './stream.ts'

export interface DeletionStream {
  iterator: AsyncIterableIterator<string>
  push(issueId: string): void
  end(): void
}

export function createDeletionStream(onEnd: () => void): DeletionStream {
  const queue: string[] = []
  const stream = createStream<string>(() => queue.shift(), onEnd)
  return {
    iterator: stream.iterator,
    end: stream.end,
    push(issueId) {
      queue.push(issueId)
      if (queue.length > QUEUE_MAX) return stream.end()
      stream.wake()
    },
  }
}
