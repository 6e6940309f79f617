// Stands between a subscription's source and its subscriber: reads what is sent, and ends the subscription as soon as the
// permission for it has ended: when this process is told of a change of access, and by the clock, should it not be told. A plain iterator: an async generator would not hear of a disconnect until its next value.

import { can } from '../auth/can.ts'
import { AppError } from '../errors.ts'
import type { Context } from './context.ts'

/** Between two checks a message is sent without asking; an idle subscription is asked for as well. */
const CHECK_EVERY_MS = 2_000

export function guardSubscription<Source, Value>(
  context: Context,
  projectId: number,
  source: AsyncIterableIterator<Source>,
  /** null: it is gone, and nothing is sent. */
  read: (item: Source) => Promise<Value | null>,
): AsyncIterableIterator<Value> {
  // The context lives as long as the subscription: what one operation may keep would be stale here.
  context.loaders = context.sharedLoaders
  let checkedAtMs = performance.now()

  async function isAllowed(): Promise<boolean> {
    if (performance.now() - checkedAtMs < CHECK_EVERY_MS) return true
    checkedAtMs = performance.now()
    try {
      const viewer = await context.currentViewer()
      // What is read for the next message is read with the rights of now.
      context.viewer = viewer
      // A project that was deleted has nothing more to say, not even to the instance's owner.
      return can(viewer, 'readIssues', { projectId }) && (await context.loaders.project.load(projectId)) !== null
    } catch (error) {
      if (error instanceof AppError && error.code === 'UNAUTHENTICATED') return false
      // The database is away: that is no reason to send everybody off, and there is nothing to send anyway.
      context.log.warn({ err: error }, 'cannot check the permission of a subscription')
      return true
    }
  }

  async function check(): Promise<void> {
    if (!(await isAllowed())) await end()
  }

  const checking = setInterval(() => void check(), CHECK_EVERY_MS)
  checking.unref()
  const open = {
    end,
    recheck: () => {
      checkedAtMs = -Infinity
      return check()
    },
  }
  context.openSubscriptions.add(open)

  async function end(): Promise<IteratorReturnResult<undefined>> {
    clearInterval(checking)
    context.openSubscriptions.delete(open)
    await source.return?.()
    return { done: true, value: undefined }
  }

  return {
    [Symbol.asyncIterator]() {
      return this
    },
    async next() {
      for (;;) {
        const item = await source.next()
        if (item.done === true || !(await isAllowed())) return end()
        const value = await read(item.value)
        if (value !== null) return { done: false, value }
      }
    },
    return: end,
    async throw(error) {
      await end()
      throw error
    },
  }
}
