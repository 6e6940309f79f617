// GitLab's pages: `page` and `per_page`, with what there is around them in headers.

import type { FastifyReply } from 'fastify'
import { badParameters } from './gitlab-error.ts'
import { readInteger, type Parameters } from './parameters.ts'

const PER_PAGE = 20
const PER_PAGE_MAX = 100

export interface PageRequest {
  /** From 1. */
  page: number
  perPage: number
}

/** @throws GitlabError 400 */
export function readPageRequest(parameters: Parameters): PageRequest {
  const perPage = readInteger(parameters, 'per_page', PER_PAGE)
  if (perPage < 1) throw badParameters(['per_page does not have a valid value'])
  return {
    page: Math.max(1, readInteger(parameters, 'page', 1)),
    perPage: Math.min(perPage, PER_PAGE_MAX),
  }
}

/** @param url of the list itself, with the parameters that chose it. */
export function setPageHeaders(reply: FastifyReply, url: URL, { page, perPage }: PageRequest, total: number): void {
  const totalPages = Math.max(1, Math.ceil(total / perPage))
  const next = page < totalPages ? page + 1 : null
  const previous = page > 1 ? page - 1 : null
  const link = (at: number, rel: string): string => {
    const target = new URL(url)
    target.searchParams.set('page', String(at))
    target.searchParams.set('per_page', String(perPage))
    return `<${target.href}>; rel="${rel}"`
  }
  reply.headers({
    'x-page': page,
    'x-per-page': perPage,
    'x-total': total,
    'x-total-pages': totalPages,
    'x-next-page': next ?? '',
    'x-prev-page': previous ?? '',
    link: [
      ...(previous === null ? [] : [link(previous, 'prev')]),
      ...(next === null ? [] : [link(next, 'next')]),
      link(1, 'first'),
      link(totalPages, 'last'),
    ].join(', '),
  })
}
