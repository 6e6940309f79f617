// Which exceptions of a chain are hashed, and which one names the issue. A group (Python's ExceptionGroup, JavaScript's
// AggregateError) that holds one kind of exception is that exception; of one that holds several, each kind counts once.
// Follows https://github.com/getsentry/rfcs/blob/main/text/0079-exception-groups.md

import type { EventException, NormalizedEvent } from '../../domain/event.ts'
import { findWrapped } from './find-wrapped.ts'

export interface ChosenExceptions {
  /** Indexes into `event.exceptions`, in the order in which they are hashed. */
  indexes: number[]
  /** Index of the exception that gives the title; -1 without any. */
  main: number
}

/** @param signatureOf equal for exceptions that would be hashed alike. */
export function chooseExceptions(event: NormalizedEvent, signatureOf: (index: number) => string): ChosenExceptions {
  const { exceptions } = event
  const all: ChosenExceptions = { indexes: exceptions.map((_, index) => index), main: exceptions.length - 1 }
  // Version 3 of Python's SDK numbers chains that earlier ones did not; Sentry leaves them as they were.
  if (exceptions.length < 2 || (event.platform === 'python' && event.sdk?.version?.startsWith('3'))) return all
  const tree = buildTree(exceptions)
  const root = tree?.byId.get(0)
  if (tree === null || root === undefined) return all

  const topLevel = findTopLevel(exceptions, tree, root)
  if (topLevel.length === 0) return all
  topLevel.sort((a, b) => compareTypes(exceptions[b], exceptions[a]))
  const distinct = topLevel.filter(
    (index, at) => at === 0 || signatureOf(index) !== signatureOf(topLevel[at - 1] as number),
  )
  const [only] = distinct
  if (distinct.length === 1 && only !== undefined) {
    const indexes = followFirst(exceptions, tree, only)
    return { indexes, main: findWrapped(exceptions, indexes) ?? only }
  }
  return { indexes: [...distinct, root], main: all.main }
}

interface Tree {
  byId: Map<number, number>
  /** Of an exception id, the indexes of its children. The last one sent comes first. */
  children: Map<number, number[]>
}

/** @returns null when the ids do not make a tree: one is missing, twice there, or its own parent. */
function buildTree(exceptions: EventException[]): Tree | null {
  const tree: Tree = { byId: new Map(), children: new Map() }
  for (let index = exceptions.length - 1; index >= 0; index--) {
    const mechanism = exceptions[index]?.mechanism
    const id = mechanism?.exceptionId ?? null
    const parentId = mechanism?.parentId ?? null
    if (id === null || id === parentId || tree.byId.has(id)) return null
    tree.byId.set(id, index)
    if (parentId === null) continue
    const siblings = tree.children.get(parentId)
    if (siblings === undefined) tree.children.set(parentId, [index])
    else siblings.push(index)
  }
  return tree
}

function childrenOf(exceptions: EventException[], tree: Tree, index: number): number[] {
  return tree.children.get(exceptions[index]?.mechanism?.exceptionId ?? -1) ?? []
}

/** The exceptions right under groups that are no groups themselves. Ids may go in circles, so each is visited once. */
function findTopLevel(exceptions: EventException[], tree: Tree, root: number): number[] {
  const found: number[] = []
  const visited = new Set<number>()
  const pending = [root]
  while (pending.length > 0) {
    const index = pending.pop() as number
    if (visited.has(index)) continue
    visited.add(index)
    if (exceptions[index]?.mechanism?.isExceptionGroup !== true) found.push(index)
    else pending.push(...childrenOf(exceptions, tree, index).toReversed())
  }
  return found
}

/** The exception and its causes, of several causes the first. */
function followFirst(exceptions: EventException[], tree: Tree, start: number): number[] {
  const path: number[] = []
  let index: number | undefined = start
  while (index !== undefined && !path.includes(index)) {
    path.push(index)
    index = childrenOf(exceptions, tree, index)[0]
  }
  return path
}

function compareTypes(a: EventException | undefined, b: EventException | undefined): number {
  const typeA = a?.type ?? 'None'
  const typeB = b?.type ?? 'None'
  return typeA < typeB ? -1 : typeA > typeB ? 1 : 0
}
