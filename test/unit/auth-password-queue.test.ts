import { expect, it } from 'vitest'
import { createPasswordQueue } from '../../server/auth/password-queue.ts'

it('runs one task at a time, in their order, whether they succeed or not', async () => {
  const run = createPasswordQueue()
  const log: string[] = []
  const task = (name: string) => async () => {
    log.push(`${name} begins`)
    await Promise.resolve()
    log.push(`${name} ends`)
    if (name === 'first') throw new Error('failed')
    return name
  }
  const first = run(task('first'))
  const second = run(task('second'))
  await expect(first).rejects.toThrow('failed')
  expect(await second).toBe('second')
  expect(log).toEqual(['first begins', 'first ends', 'second begins', 'second ends'])
})

it('refuses a flood, and takes tasks again afterwards', async () => {
  const run = createPasswordQueue()
  const gate = Promise.withResolvers<void>()
  const waiting = Array.from({ length: 100 }, () => run(() => gate.promise))
  await expect(run(async () => 'late')).rejects.toEqual(expect.objectContaining({ code: 'RATE_LIMITED' }))
  gate.resolve()
  await Promise.all(waiting)
  await Promise.resolve()
  expect(await run(async () => 'later')).toBe('later')
})
