// Relay connections over the tracker's pages: forward only, 20 nodes unless asked otherwise, 100 at most.

import type { Page, PageRequest } from '../domain/tracker.ts'
import { AppError } from '../errors.ts'
import { builder } from './builder.ts'

const PAGE_SIZE = 20
export const PAGE_SIZE_MAX = 100

interface PageArguments {
  first?: number | null
  after?: string | null
}

export const pageArguments = builder.args((t) => ({
  first: t.int({ description: `How many; ${PAGE_SIZE} unless given, ${PAGE_SIZE_MAX} at most.` }),
  after: t.string({ description: 'The cursor after which the page begins.' }),
}))

/** A list costs its own query and then what its rows cost, as many as are asked for. */
export function costOfPage(args: PageArguments): { field: number; multiplier: number } {
  const first = args.first ?? PAGE_SIZE
  return { field: 5, multiplier: Math.min(Math.max(first, 1), PAGE_SIZE_MAX) }
}

export function readPageRequest({ first, after }: PageArguments): PageRequest {
  const size = first ?? PAGE_SIZE
  if (size < 1 || size > PAGE_SIZE_MAX) {
    throw new AppError('INVALID', `"first" must be between 1 and ${PAGE_SIZE_MAX}.`)
  }
  return { first: size, after: after ?? null }
}

export function toConnection<Node>({ items, hasNextPage }: Page<Node>, request: PageRequest) {
  return {
    edges: items.map(({ node, cursor }) => ({ node, cursor })),
    pageInfo: {
      hasNextPage,
      hasPreviousPage: request.after !== null,
      startCursor: items[0]?.cursor ?? null,
      endCursor: items.at(-1)?.cursor ?? null,
    },
  }
}
