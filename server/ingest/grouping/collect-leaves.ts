// Chooses what of an event is hashed. The first of these that has anything to say: the exceptions, the crashed thread, the
// event's own stack trace, its message. Where that looks at the program's own frames, the same over all frames is the event's
// other hash: which frames are the program's is what SDKs tell differently, from one version to the next.

import type { EventException, EventThread, NormalizedEvent } from '../../domain/event.ts'
import { applyStackRules } from './apply-stack-rules.ts'
import { chooseExceptions } from './choose-exceptions.ts'
import { Leaves } from './leaves.ts'
import { normalizeMessageForGrouping } from './parameterize-message.ts'
import { collectStackLeaves } from './stack-leaves.ts'
import type { StackLeaves } from './stack-leaves.ts'

export interface CollectedLeaves {
  strategy: string
  leaves: Leaves
  /** Over all frames, where `leaves` has only some of them. */
  other: Leaves | null
  /** Index of the exception that names the event; -1 without any. */
  main: number
}

export function collectLeaves(event: NormalizedEvent): CollectedLeaves {
  const stacks = event.exceptions.map((exception) =>
    exception.stacktrace === null ? null : collectStackLeaves(exception.stacktrace, event.platform),
  )
  const { indexes, main } = chooseExceptions(event, (index) => signatureOf(event, stacks, index))
  // All stacks are gone through, also those that are not hashed: the rules settle which of their frames are the program's.
  const thread = findThread(event.threads)
  let threadStack: StackLeaves | null = null
  for (const each of event.threads) {
    if (each.stacktrace === null) continue
    if (each === thread) threadStack = collectStackLeaves(each.stacktrace, event.platform)
    else applyStackRules(each.stacktrace.frames, event.platform)
  }
  const ownStack = event.stacktrace === null ? null : collectStackLeaves(event.stacktrace, event.platform)

  const exceptionLeaves = collectExceptions(event, stacks, indexes)
  if (exceptionLeaves !== null) return { ...exceptionLeaves, main }
  const threadLeaves = pickStack(threadStack, 'thread')
  if (threadLeaves !== null) return { ...threadLeaves, main }
  const stackLeaves = pickStack(ownStack, 'stack trace')
  if (stackLeaves !== null) return { ...stackLeaves, main }
  const leaves = new Leaves()
  if (event.message === null) return { strategy: 'fallback', leaves, other: null, main }
  leaves.add('message', normalizeMessageForGrouping(event.message.template ?? event.message.formatted))
  return { strategy: 'message', leaves, other: null, main }
}

type Found = Omit<CollectedLeaves, 'main'>

/** The program's own frames where any exception has some, else all frames, else types and values. */
function collectExceptions(event: NormalizedEvent, stacks: (StackLeaves | null)[], indexes: number[]): Found | null {
  if (indexes.length === 0) return null
  const hasInApp = indexes.some((index) => stacks[index] != null && !stacks[index].inApp.isEmpty)
  const hasAny = hasInApp || indexes.some((index) => stacks[index] != null && !stacks[index].all.isEmpty)
  const leaves = hasAny && !hasInApp ? addOverAllFrames(event, stacks, indexes) : new Leaves()
  if (hasInApp || !hasAny) {
    for (const index of indexes) addException(leaves, event.exceptions[index], stacks[index]?.inApp ?? null)
  }
  if (leaves.isEmpty) return null
  return {
    strategy: hasInApp ? 'exceptions (in app)' : hasAny ? 'exceptions (all frames)' : 'exceptions',
    leaves,
    other: hasInApp ? addOverAllFrames(event, stacks, indexes) : null,
  }
}

/** Seen over all frames, an exception without a stack is not seen at all. */
function addOverAllFrames(event: NormalizedEvent, stacks: (StackLeaves | null)[], indexes: number[]): Leaves {
  const leaves = new Leaves()
  for (const index of indexes) {
    const stack = stacks[index]
    if (stack) addException(leaves, event.exceptions[index], stack.all)
  }
  return leaves
}

function addException(leaves: Leaves, exception: EventException | undefined, stack: Leaves | null): void {
  if (exception === undefined) return
  const { type, value, mechanism } = exception
  if (type !== null && mechanism?.synthetic !== true) leaves.add('type', type)
  const nsError = mechanism?.meta?.ns_error
  const hasNsError = typeof nsError === 'object' && nsError !== null && !Array.isArray(nsError)
  const hasStack = stack !== null && !stack.isEmpty
  if (!hasStack && !hasNsError && value !== null) {
    const normalized = normalizeMessageForGrouping(value)
    if (normalized !== '') leaves.add('value', normalized)
  }
  if (hasNsError) {
    leaves.add('error domain', String(nsError.domain ?? 'None'))
    leaves.add('error code', String(nsError.code ?? 'None'))
  }
  if (hasStack) leaves.addAll(stack)
}

/** Equal for exceptions that differ in nothing that is hashed, in neither way of looking at their stacks. */
function signatureOf(event: NormalizedEvent, stacks: (StackLeaves | null)[], index: number): string {
  const leaves = new Leaves()
  const stack = stacks[index] ?? null
  const exception = event.exceptions[index]
  addException(leaves, exception, stack?.inApp ?? null)
  addException(leaves, exception, stack?.all ?? null)
  return leaves.join()
}

/** The one that crashed, else the current one, else the only one. */
function findThread(threads: EventThread[]): EventThread | null {
  const crashed = threads.filter((thread) => thread.crashed)
  if (crashed.length === 1) return crashed[0] as EventThread
  const current = threads.filter((thread) => thread.current)
  if (current.length === 1) return current[0] as EventThread
  return threads.length === 1 ? (threads[0] as EventThread) : null
}

function pickStack(stack: StackLeaves | null, name: string): Found | null {
  if (stack === null) return null
  if (!stack.inApp.isEmpty) return { strategy: `${name} (in app)`, leaves: stack.inApp, other: stack.all }
  return stack.all.isEmpty ? null : { strategy: `${name} (all frames)`, leaves: stack.all, other: null }
}
