import { describe, expect, it } from 'vitest'
import { createBriefMemory } from '../../server/auth/brief-memory.ts'

function createMemory(entriesMax = 10) {
  const state = { nowMs: 0, loads: 0 }
  const memory = createBriefMemory<number>({ lifeMs: 3000, entriesMax, clock: () => state.nowMs })
  const recall = (key: string) => memory.recall(key, async () => (state.loads += 1))
  return { state, memory, recall }
}

describe('brief memory', () => {
  it('looks up once for all who ask at the same time, and until the time is over', async () => {
    const { state, recall } = createMemory()
    expect(await Promise.all([recall('a'), recall('a'), recall('b')])).toEqual([1, 1, 2])
    state.nowMs = 2999
    expect(await recall('a')).toBe(1)
    state.nowMs = 3000
    expect(await recall('a')).toBe(3)
  })

  it('does not keep a look-up that was forgotten while it was under way', async () => {
    const { memory, recall } = createMemory()
    const before = recall('a')
    memory.forget('a')
    expect(await recall('a')).toBe(2)
    expect(await before).toBe(1)
    expect(await recall('a')).toBe(2)
  })

  it('does not remember a failure', async () => {
    const { memory, recall } = createMemory()
    await expect(memory.recall('a', () => Promise.reject(new Error('away')))).rejects.toThrow('away')
    expect(await recall('a')).toBe(1)
  })

  it('gives up the oldest entry when it is full', async () => {
    const { recall } = createMemory(2)
    await recall('a')
    await recall('b')
    await recall('c')
    expect(await recall('b')).toBe(2)
    expect(await recall('c')).toBe(3)
    expect(await recall('a')).toBe(4)
  })
})
