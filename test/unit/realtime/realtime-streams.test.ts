import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createEventStream, LAG_MAX } from '../../../server/realtime/event-stream.ts'
import {
  createIssueStream,
  QUEUE_MAX,
  UPDATED_OF_ISSUE_EVERY_MS,
  type IssueChange,
} from '../../../server/realtime/issue-stream.ts'

const key = (eventId: string) => ({ projectId: 1, day: '2026-11-22', eventId })

describe('the stream of events of one subscriber', () => {
  it('gives events in their order, those that came before the reader too', async () => {
    const stream = createEventStream({ projectId: 1, issueId: null }, () => undefined)
    stream.push(key('a'), '1')
    const waiting = [stream.iterator.next(), stream.iterator.next(), stream.iterator.next()]
    stream.push(key('b'), '2')
    stream.push(key('c'), '1')
    const results = await Promise.all(waiting)
    expect(results.map(({ value }) => value?.eventId)).toEqual(['a', 'b', 'c'])
  })

  it('leaves out the events of other issues', async () => {
    const stream = createEventStream({ projectId: 1, issueId: '2' }, () => undefined)
    stream.push(key('a'), '1')
    stream.push(key('b'), '2')
    expect((await stream.iterator.next()).value).toEqual(key('b'))
  })

  it('loses the oldest events of a reader that lags by more than 1,000', async () => {
    const stream = createEventStream({ projectId: 1, issueId: null }, () => undefined)
    for (let number = 0; number < LAG_MAX + 250; number += 1) stream.push(key(String(number)), '1')
    const first = await stream.iterator.next()
    expect(first.value?.eventId).toBe('250')
    let last = first
    for (let number = 1; number < LAG_MAX; number += 1) last = await stream.iterator.next()
    expect(last.value?.eventId).toBe(String(LAG_MAX + 249))
    const waiting = stream.iterator.next()
    stream.end()
    expect((await waiting).done).toBe(true)
  })

  it('ends a reader that waits, and tells its source once', async () => {
    const onEnd = vi.fn()
    const stream = createEventStream({ projectId: 1, issueId: null }, onEnd)
    const waiting = stream.iterator.next()
    await stream.iterator.return?.()
    expect(await waiting).toEqual({ done: true, value: undefined })
    expect(await stream.iterator.next()).toEqual({ done: true, value: undefined })
    stream.end()
    expect(onEnd).toHaveBeenCalledOnce()
  })
})

describe('the stream of issue changes of one subscriber', () => {
  beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }))
  afterEach(() => vi.useRealTimers())

  function readAll(updatedEveryMs = 0, clock?: () => number) {
    const received: (IssueChange & { atMs: number })[] = []
    const onEnd = vi.fn()
    const stream = createIssueStream({ onEnd, updatedEveryMs: () => updatedEveryMs, clock })
    const done = (async () => {
      for await (const change of stream.iterator) received.push({ ...change, atMs: performance.now() })
    })()
    return { stream, received, done, onEnd }
  }

  it('merges the updates of an issue to at most four in any second, and sends the last one of a burst', async () => {
    const { stream, received } = readAll()
    for (let number = 0; number < 300; number += 1) {
      stream.push({ issueId: '1', kind: 'UPDATED' })
      await vi.advanceTimersByTimeAsync(10)
    }
    await vi.advanceTimersByTimeAsync(1_000)
    const times = received.map(({ atMs }) => atMs)
    for (const start of times)
      expect(times.filter((at) => at >= start && at < start + 1_000).length).toBeLessThanOrEqual(4)
    expect(times.length).toBeGreaterThanOrEqual(10)
    const start = (times[0] ?? 0) + 2_990
    expect(times.at(-1)).toBeGreaterThanOrEqual(start)
  })

  it('sends the first update at once, and those of other issues beside it', async () => {
    const { stream, received } = readAll()
    stream.push({ issueId: '1', kind: 'UPDATED' })
    stream.push({ issueId: '2', kind: 'UPDATED' })
    await vi.advanceTimersByTimeAsync(0)
    expect(received.map(({ issueId }) => issueId)).toEqual(['1', '2'])
  })

  it('always sends what is not an update, in its order', async () => {
    const { stream, received } = readAll(1_000)
    const kinds = ['CREATED', 'STATUS', 'REGRESSED', 'STATUS'] as const
    for (const kind of kinds) stream.push({ issueId: '1', kind })
    await vi.advanceTimersByTimeAsync(0)
    expect(received.map(({ kind }) => kind)).toEqual(kinds)
  })

  it('drops an update that the change before it has told already', async () => {
    const stream = createIssueStream({ onEnd: () => undefined, updatedEveryMs: () => 0 })
    stream.push({ issueId: '1', kind: 'CREATED' })
    stream.push({ issueId: '1', kind: 'UPDATED' })
    stream.push({ issueId: '2', kind: 'UPDATED' })
    expect((await stream.iterator.next()).value).toEqual({ issueId: '1', kind: 'CREATED' })
    expect((await stream.iterator.next()).value).toEqual({ issueId: '2', kind: 'UPDATED' })
    stream.end()
  })

  it('spaces the updates of all issues, the longest waiting first', async () => {
    const { stream, received } = readAll(100)
    for (const issueId of ['1', '2', '3']) stream.push({ issueId, kind: 'UPDATED' })
    await vi.advanceTimersByTimeAsync(150)
    expect(received.map(({ issueId }) => issueId)).toEqual(['1', '2'])
    await vi.advanceTimersByTimeAsync(100)
    expect(received.map(({ issueId }) => issueId)).toEqual(['1', '2', '3'])
  })

  it('keeps one update for an issue, however many come while nobody reads', async () => {
    const stream = createIssueStream({ onEnd: () => undefined, updatedEveryMs: () => 0 })
    for (let number = 0; number < 5_000; number += 1) stream.push({ issueId: '7', kind: 'UPDATED' })
    expect((await stream.iterator.next()).value).toEqual({ issueId: '7', kind: 'UPDATED' })
    const waiting = stream.iterator.next()
    await vi.advanceTimersByTimeAsync(2 * UPDATED_OF_ISSUE_EVERY_MS)
    stream.end()
    expect((await waiting).done).toBe(true)
  })

  it('sends off a subscriber that has stopped reading', async () => {
    const onEnd = vi.fn()
    const stream = createIssueStream({ onEnd, updatedEveryMs: () => 0 })
    for (let number = 0; number <= QUEUE_MAX; number += 1) stream.push({ issueId: String(number), kind: 'CREATED' })
    expect(onEnd).toHaveBeenCalledOnce()
    expect((await stream.iterator.next()).done).toBe(true)
  })
})
