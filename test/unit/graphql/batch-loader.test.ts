import { describe, expect, it, vi } from 'vitest'
import { createBatchLoader } from '../../../server/graphql/batch-loader.ts'

const double = () => vi.fn(async (keys: number[]) => keys.map((key) => key * 2))
const idOf = (key: number) => key

describe('a batch loader', () => {
  it('reads what is asked for in one turn with one call, each key once', async () => {
    const read = double()
    const loader = createBatchLoader(idOf, read)
    const later = Promise.resolve().then(() => loader.load(3))
    expect(await Promise.all([loader.load(1), loader.load(2), loader.load(1), later])).toEqual([2, 4, 2, 6])
    expect(read.mock.calls).toEqual([[[1, 2, 3]]])
  })

  it('keeps what was read, what was read in another way too, until it is to be forgotten', async () => {
    const read = double()
    const loader = createBatchLoader(idOf, read)
    await loader.load(1)
    loader.keep(5, 55)
    expect([await loader.load(1), await loader.load(5)]).toEqual([2, 55])
    expect(read).toHaveBeenCalledOnce()
    loader.forget(5)
    expect(await loader.load(5)).toBe(10)
  })

  it('does not keep failures', async () => {
    const read = double().mockRejectedValueOnce(new Error('away'))
    const loader = createBatchLoader(idOf, read)
    await expect(Promise.all([loader.load(1), loader.load(2)])).rejects.toThrow('away')
    expect(await loader.load(1)).toBe(2)
  })

  it('drops the oldest and the expired where what it keeps is bounded', async () => {
    vi.useFakeTimers({ toFake: ['performance'] })
    const read = double()
    const loader = createBatchLoader(idOf, read, { keepMs: 1_000, entriesMax: 2 })
    for (const key of [1, 2, 3]) await loader.load(key)
    await loader.load(3)
    expect(read).toHaveBeenCalledTimes(3)
    await loader.load(1)
    expect(read).toHaveBeenCalledTimes(4)
    vi.advanceTimersByTime(1_001)
    await loader.load(1)
    expect(read).toHaveBeenCalledTimes(5)
    vi.useRealTimers()
  })
})
