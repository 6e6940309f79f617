import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createBatcher, type BatcherOptions } from '../../../server/ingest/batcher.ts'

class Outage extends Error {}

function createTestBatcher(options: Partial<BatcherOptions<string, string>>) {
  return createBatcher<string, string>({
    write: (items) => Promise.resolve(items.map((item) => `stored ${item}`)),
    sizeOf: (item) => item.length,
    refuse: (item) => `refused ${item}`,
    isOutage: (error) => error instanceof Outage,
    writers: 1,
    batchItemsMax: 100,
    batchBytesMax: 1_000,
    queueItemsMax: 5,
    queueBytesMax: 50,
    ...options,
  })
}

describe('createBatcher', () => {
  it('writes what is added in one turn of the event loop as one batch', async () => {
    const write = vi.fn((items: string[]) => Promise.resolve(items))
    const batcher = createTestBatcher({ write })
    expect(await Promise.all([batcher.add('a'), batcher.add('b')])).toEqual(['a', 'b'])
    expect(write.mock.calls).toEqual([[['a', 'b']]])
  })

  it('gathers what comes while all writers are busy', async () => {
    const first = Promise.withResolvers<string[]>()
    const write = vi.fn((items: string[]) => (items.includes('a') ? first.promise : Promise.resolve(items)))
    const batcher = createTestBatcher({ write })
    const a = batcher.add('a')
    await vi.waitFor(() => expect(write).toHaveBeenCalledTimes(1))
    const rest = [batcher.add('b'), batcher.add('c')]
    expect(batcher.waiting()).toBe(2)
    first.resolve(['a'])
    expect(await Promise.all([a, ...rest])).toEqual(['a', 'b', 'c'])
    expect(write.mock.calls[1]).toEqual([['b', 'c']])
  })

  it('holds batches to their number of items and bytes', async () => {
    const write = vi.fn((items: string[]) => Promise.resolve(items))
    const batcher = createTestBatcher({ write, batchItemsMax: 2, batchBytesMax: 5 })
    await Promise.all(['a', 'b', 'c', 'dddddd', 'e'].map((item) => batcher.add(item)))
    expect(write.mock.calls.map(([items]) => items)).toEqual([['a', 'b'], ['c'], ['dddddd'], ['e']])
  })

  it('says at once that the queue is full, by number and by bytes', async () => {
    const hold = Promise.withResolvers<string[]>()
    const write = vi.fn((items: string[]) => hold.promise.then(() => items))
    const batcher = createTestBatcher({ write })
    const first = batcher.add('w')
    await vi.waitFor(() => expect(write).toHaveBeenCalled())
    const kept = ['a', 'b', 'c', 'd', 'e'].map((item) => batcher.add(item))
    expect(batcher.add('f')).toBeNull()
    hold.resolve([])
    await Promise.all([first, ...kept])
    expect(batcher.add('x'.repeat(51))).toBeNull()
    expect(await batcher.add('f')).toBe('f')
  })

  it('halves a batch that fails until the item that spoils it stands alone', async () => {
    const write = vi.fn((items: string[]) =>
      items.includes('bad') ? Promise.reject(new Error('no')) : Promise.resolve(items.map((item) => `stored ${item}`)),
    )
    const batcher = createTestBatcher({ write })
    expect(await Promise.all(['a', 'bad', 'c', 'd'].map((item) => batcher.add(item)))).toEqual([
      'stored a',
      'refused bad',
      'stored c',
      'stored d',
    ])
  })

  it('fails the batch as a whole when the database is away', async () => {
    const write = vi.fn(() => Promise.reject(new Outage()))
    const batcher = createTestBatcher({ write })
    const results = await Promise.allSettled([batcher.add('a'), batcher.add('b')])
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(write).toHaveBeenCalledTimes(1)
  })

  it('keeps what was written before the batch failed for an outage', async () => {
    const batcher = createTestBatcher({
      write: () => Promise.reject(new Outage()),
      salvage: (item) => (item === 'b' ? 'written before' : undefined),
    })
    const results = await Promise.allSettled([batcher.add('a'), batcher.add('b')])
    expect(results).toMatchObject([{ status: 'rejected' }, { status: 'fulfilled', value: 'written before' }])
  })

  it('drains: writes what waits before it ends', async () => {
    const written: string[] = []
    const batcher = createTestBatcher({
      batchItemsMax: 1,
      write: (items) => {
        written.push(...items)
        return Promise.resolve(items)
      },
    })
    void batcher.add('a')
    void batcher.add('b')
    await batcher.drain()
    expect(written).toEqual(['a', 'b'])
    await batcher.drain()
  })

  describe('that gathers', () => {
    const gather = { quietMs: 2, expectMs: 6, longestMs: 10 }
    beforeEach(() => void vi.useFakeTimers())
    afterEach(() => void vi.useRealTimers())

    it('writes once nothing has come for a while', async () => {
      const write = vi.fn((items: string[]) => Promise.resolve(items))
      const batcher = createTestBatcher({ write, gather })
      const adding = [batcher.add('a')]
      await vi.advanceTimersByTimeAsync(1)
      adding.push(batcher.add('b'))
      await vi.advanceTimersByTimeAsync(2)
      expect(write).not.toHaveBeenCalled()
      await vi.advanceTimersByTimeAsync(2)
      expect(await Promise.all(adding)).toEqual(['a', 'b'])
      expect(write.mock.calls).toEqual([[['a', 'b']]])
    })

    it('lets nothing wait longer than it may, however much comes', async () => {
      const write = vi.fn((items: string[]) => Promise.resolve(items))
      const batcher = createTestBatcher({ write, gather, queueItemsMax: 100 })
      for (let atMs = 0; atMs < 12; atMs += 1) {
        void batcher.add(String(atMs))
        await vi.advanceTimersByTimeAsync(1)
      }
      expect(write).toHaveBeenCalledTimes(1)
      expect(write.mock.calls[0]?.[0].length).toBeGreaterThanOrEqual(10)
    })

    it('waits longer for as many as came the time before', async () => {
      const write = vi.fn((items: string[]) => Promise.resolve(items))
      const batcher = createTestBatcher({ write, gather })
      for (const item of ['a', 'b']) void batcher.add(item)
      await vi.advanceTimersByTimeAsync(4)
      expect(write).toHaveBeenCalledTimes(1)
      void batcher.add('c')
      await vi.advanceTimersByTimeAsync(5)
      expect(write).toHaveBeenCalledTimes(1)
      void batcher.add('d')
      await vi.advanceTimersByTimeAsync(3)
      expect(write.mock.calls[1]).toEqual([['c', 'd']])
      void batcher.add('e')
      await vi.advanceTimersByTimeAsync(5)
      expect(write).toHaveBeenCalledTimes(2)
      await vi.advanceTimersByTimeAsync(1)
      expect(write.mock.calls[2]).toEqual([['e']])
    })

    it('gathers anew what came while it wrote', async () => {
      const first = Promise.withResolvers<string[]>()
      const write = vi.fn((items: string[]) => (items.includes('a') ? first.promise : Promise.resolve(items)))
      const batcher = createTestBatcher({ write, gather })
      const a = batcher.add('a')
      await vi.advanceTimersByTimeAsync(4)
      const b = batcher.add('b')
      first.resolve(['a'])
      await vi.advanceTimersByTimeAsync(1)
      const c = batcher.add('c')
      await vi.advanceTimersByTimeAsync(5)
      expect(await Promise.all([a, b, c])).toEqual(['a', 'b', 'c'])
      expect(write.mock.calls[1]).toEqual([['b', 'c']])
    })

    it('writes what waits when it is to end', async () => {
      const write = vi.fn((items: string[]) => Promise.resolve(items))
      const batcher = createTestBatcher({ write, gather })
      void batcher.add('a')
      const draining = batcher.drain()
      await vi.advanceTimersByTimeAsync(4)
      await draining
      expect(write).toHaveBeenCalledTimes(1)
    })
  })
})
