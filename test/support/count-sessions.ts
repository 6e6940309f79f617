// What the sessions that SDKs sent come to, by release and environment: each session once, however often it was told of,
// and as it was told of last.

import type { ArrivedRelease } from './arrival-queries.ts'
import { readJson } from './read-request.ts'
import type { SentRequest } from './read-request.ts'

interface SessionCounter {
  add(request: SentRequest): void
  counts(): ArrivedRelease[]
}

type Kind = 'healthy' | 'errored' | 'crashed' | 'unhandled' | 'abnormal'

interface SentSession {
  sid: string
  status: string
  errors?: number
  attrs: Attributes
}

interface SentAggregates {
  aggregates: { exited?: number; errored?: number; crashed?: number; abnormal?: number; unhandled?: number }[]
  attrs: Attributes
}

interface Attributes {
  release: string
  environment?: string
}

const KINDS: readonly Kind[] = ['healthy', 'errored', 'crashed', 'unhandled', 'abnormal']

export function createSessionCount(): SessionCounter {
  const single = new Map<string, { kind: Kind; attrs: Attributes }>()
  const summed: { kind: Kind; quantity: number; attrs: Attributes }[] = []

  function addSums({ aggregates, attrs }: SentAggregates): void {
    for (const sums of aggregates) {
      for (const kind of KINDS) {
        const quantity = (kind === 'healthy' ? sums.exited : sums[kind]) ?? 0
        summed.push({ kind, quantity, attrs })
      }
    }
  }

  return {
    add({ items }) {
      for (const item of items) {
        if (item.type === 'sessions') addSums(readJson(item) as unknown as SentAggregates)
        if (item.type !== 'session') continue
        const { sid, attrs, ...session } = readJson(item) as unknown as SentSession
        single.set(sid.replaceAll('-', ''), { kind: kindOf(session), attrs })
      }
    },
    counts() {
      const releases = new Map<string, ArrivedRelease>()
      const all = [...[...single.values()].map((session) => ({ ...session, quantity: 1 })), ...summed]
      for (const { kind, quantity, attrs } of all) {
        const { release: version, environment = null } = attrs
        const name = nameOf({ version, environment })
        const counts = releases.get(name) ?? makeCounts(version, environment)
        releases.set(name, counts)
        counts[kind] += quantity
        counts.sessions += quantity
      }
      return [...releases.values()]
    },
  }
}

function kindOf({ status, errors = 0 }: Pick<SentSession, 'status' | 'errors'>): Kind {
  if (status === 'crashed' || status === 'unhandled' || status === 'abnormal') return status
  return errors > 0 ? 'errored' : 'healthy'
}

function nameOf({ version, environment }: Pick<ArrivedRelease, 'version' | 'environment'>): string {
  return `${version} ${environment ?? ''}`
}

function makeCounts(version: string, environment: string | null): ArrivedRelease {
  return { version, environment, sessions: 0, healthy: 0, errored: 0, crashed: 0, unhandled: 0, abnormal: 0 }
}
