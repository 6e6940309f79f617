import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createSeal } from '../../server/auth/seal.ts'
import { createSealedCookie } from '../../server/auth/sealed-cookie.ts'

const key = randomBytes(32)

describe('a seal', () => {
  const seal = createSeal(key)

  it('opens what it sealed, for the same owner only', () => {
    const sealed = seal.seal('a secret – ☃', 'ada')
    expect(seal.open(sealed, 'ada')).toBe('a secret – ☃')
    expect(seal.open(sealed, 'grace')).toBeNull()
    expect(createSeal(randomBytes(32)).open(sealed, 'ada')).toBeNull()
    expect(sealed.toString('latin1')).not.toContain('a secret')
    expect(seal.seal('a secret – ☃', 'ada')).not.toEqual(sealed)
  })

  it('does not open what was changed anywhere, or cut', () => {
    const sealed = seal.seal('secret', 'ada')
    for (let index = 0; index < sealed.length; index += 1) {
      const changed = Buffer.from(sealed)
      changed[index] = (changed[index] ?? 0) ^ 1
      expect(seal.open(changed, 'ada')).toBeNull()
      expect(seal.open(sealed.subarray(0, index), 'ada')).toBeNull()
    }
  })
})

describe('a sealed cookie', () => {
  const clock = { nowMs: 1_000_000 }
  const open = (publicUrl: string, name = 'first_step') =>
    createSealedCookie<{ user: string }>({
      ...{ name, publicUrl: () => publicUrl, secret: key, lifeMs: 60_000, clock: () => clock.nowMs },
    })
  const cookie = open('http://localhost:4000')
  const send = (setCookie: string) => `theme=dark; ${setCookie.split(';')[0]}; other=1`

  it('is read back until it is over', () => {
    const setCookie = cookie.set({ user: 'ada' })
    expect(setCookie).toMatch(/^faultline-4000\.first_step=[\w-]+; Max-Age=60; Path=\/-\/auth; HttpOnly; SameSite=Lax$/)
    expect(cookie.read(send(setCookie))).toEqual({ user: 'ada' })
    clock.nowMs += 60_000
    expect(cookie.read(send(setCookie))).toBeNull()
  })

  it('is secure where the public URL is https, and goes away when it is told to', () => {
    const secure = open('https://errors.example.com')
    const attributes = 'Path=/-/auth; HttpOnly; Secure; SameSite=Lax'
    expect(secure.set({ user: 'ada' })).toMatch(/^__Secure-faultline\.first_step=/)
    expect(secure.clear()).toBe(`__Secure-faultline.first_step=; Max-Age=0; ${attributes}`)
  })

  it.each([
    ['none', undefined],
    ['an empty one', 'faultline-4000.first_step='],
    ['one that nobody sealed', 'faultline-4000.first_step=bm90aGluZw'],
    ['a huge one', `faultline-4000.first_step=${'x'.repeat(10_000)}`],
    [
      'that of another purpose',
      open('http://localhost:4000', 'other').set({ user: 'ada' }).replace('other', 'first_step'),
    ],
  ])('is not read from %s', (_what, cookies) => {
    expect(cookie.read(cookies)).toBeNull()
  })
})
