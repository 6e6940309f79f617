import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { PointerRest } from '#lib/ui/pointer-rest.ts'

const mouse = (clientX: number, clientY: number) => ({ clientX, clientY, pointerType: 'mouse' })

describe('a pointer over a list', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  function watch() {
    const hold = vi.fn()
    const release = vi.fn()
    return { hold, release, pointer: new PointerRest(hold, release) }
  }

  it('holds the list once it moves, and lets go when it leaves', () => {
    const { hold, release, pointer } = watch()
    pointer.move(mouse(10, 10))
    expect(hold).not.toHaveBeenCalled()
    pointer.move(mouse(10, 12))
    expect(hold).toHaveBeenCalledOnce()
    pointer.leave()
    vi.advanceTimersByTime(400)
    expect(release).toHaveBeenCalledOnce()
  })

  it('does not hold when it lies still while the page changes under it', () => {
    const { hold, pointer } = watch()
    for (let times = 0; times < 5; times += 1) pointer.move(mouse(10, 10))
    expect(hold).not.toHaveBeenCalled()
  })

  it('goes on holding when it comes back at once', () => {
    const { release, pointer } = watch()
    pointer.move(mouse(1, 1))
    pointer.move(mouse(2, 2))
    pointer.leave()
    pointer.move(mouse(9, 9))
    pointer.move(mouse(9, 8))
    vi.advanceTimersByTime(1_000)
    expect(release).not.toHaveBeenCalled()
    expect(pointer.holding).toBe(true)
  })

  it('lets go after a rest', () => {
    const { release, pointer } = watch()
    pointer.move(mouse(1, 1))
    pointer.move(mouse(2, 2))
    vi.advanceTimersByTime(3_900)
    expect(release).not.toHaveBeenCalled()
    vi.advanceTimersByTime(200)
    expect(release).toHaveBeenCalledOnce()
  })

  it('is not asked for on a touch screen', () => {
    const { hold, pointer } = watch()
    pointer.move({ ...mouse(1, 1), pointerType: 'touch' })
    pointer.move({ ...mouse(2, 2), pointerType: 'touch' })
    expect(hold).not.toHaveBeenCalled()
  })
})
