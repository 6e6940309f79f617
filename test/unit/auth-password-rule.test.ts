import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { assertGoodPassword } from '../../server/auth/password-rule.ts'

const about = ['ada@errors.example.com', 'Ada Lovelace']

async function judge(password: string): Promise<string> {
  try {
    await assertGoodPassword(password, about)
    return 'good'
  } catch (error) {
    return (error as Error).message
  }
}

const common = 'This password is too easy to guess. It is like one that many people use. Three or four words will do.'
const personal = 'This password is too easy to guess. It says what others know of you. Three or four words will do.'
const length = 'A password has 8 to 128 characters.'

describe('a new password', () => {
  it.each([
    'correct horse battery',
    'change-me-please',
    'k3v9w2xq',
    'zq8!mW2#',
    'höher als die Fichte',
    '🦊🐻🐼🐨🦁🐮🐷🐸',
    'x9'.padEnd(60, 'q8 w'),
  ])('may be %j', async (password) => {
    expect(await judge(password)).toBe('good')
  })

  it.each([
    ['one that everybody uses', 'password', common],
    ['one with other letters', 'Pässwörd', common],
    ['one with the usual digit and mark', 'Password1!', common],
    ['one with letters swapped for digits', 'P4$$w0rd', common],
    ['one with a year', 'summer2026', common],
    ['two of them', 'test-password', common],
    ['digits in their order', '123456789012', common],
    ['a row of the keyboard', 'qwertyuiop', common],
    ['a row of the keyboard from its end', 'poiuytrewq', common],
    ['one letter', 'aaaaaaaaaaaaaaaa', common],
    ['a word again and again', 'monkeymonkeymonkey', common],
    ['their own address', 'ada@errors.example.com', personal],
    ['their own name', 'lovelace1815', personal],
    ['the product', 'Faultline!', personal],
    ['too short', 'zq8!mW2', length],
    ['too long', 'zq8!mW2#'.repeat(17), length],
  ])('may not be %s', async (_what, password, message) => {
    expect(await judge(password)).toBe(message)
  })

  it('is judged whatever it consists of, and never worse for being longer by something else', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', minLength: 8, maxLength: 40 }), async (password) => {
        expect([common, personal, length, 'good']).toContain(await judge(password))
        if ((await judge(password)) === 'good') expect(await judge(`${password}zq8!`.slice(0, 128))).toBe('good')
      }),
    )
  })
})
