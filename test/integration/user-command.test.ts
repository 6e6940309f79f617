// `npm run user`, as who runs the server uses it: beside a server that runs, and without one.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeDataFolder, removeDataFolder, startServerProcess } from '../support/start-server-process.ts'
import type { ServerProcess } from '../support/start-server-process.ts'

const COMMAND = join(import.meta.dirname, '../../server/cli/user.ts')
const PASSWORD = 'a pier by the quiet lake'

let dataFolder: string
let server: ServerProcess

beforeAll(async () => {
  dataFolder = makeDataFolder()
  server = await startServerProcess({ dataFolder })
})
afterAll(async () => {
  await server.stop()
  removeDataFolder(dataFolder)
})

/** @param input what is typed, or comes through a pipe. */
async function run(parameters: string[], input = '') {
  const child = spawn(process.execPath, [COMMAND, ...parameters], { env: { FAULTLINE_DATA: dataFolder } })
  child.stdin.end(input)
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  return { status: child.exitCode, stdout, stderr }
}

/** @returns the status. */
async function signIn(email: string, password: string): Promise<number> {
  const response = await fetch(`${server.url}/-/auth/sign-in/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: server.url },
    body: JSON.stringify({ email, password }),
  })
  await response.text()
  return response.status
}

describe('npm run user', () => {
  it('lists, makes, disables, enables and gives a new password, while the server runs', async () => {
    expect(await run(['list'])).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^owner@example\.com +owner/),
    })

    const made = await run(['create', 'ada@example.com', '--name', 'Ada', '--ask-password'], `${PASSWORD}\n`)
    expect(made).toEqual({ status: 0, stdout: 'ada@example.com has an account.\n', stderr: '' })
    expect(await signIn('ada@example.com', PASSWORD)).toBe(200)

    expect(await run(['disable', 'Ada@example.com'])).toMatchObject({ status: 0 })
    expect(await signIn('ada@example.com', PASSWORD)).toBe(403)
    expect((await run(['list'])).stdout).toMatch(/ada@example\.com +disabled 20\d\d-/)
    expect(await run(['enable', 'ada@example.com'])).toMatchObject({ status: 0 })
    expect(await signIn('ada@example.com', PASSWORD)).toBe(200)

    const reset = await run(['reset-password', 'ada@example.com'])
    const password = /The password is (\S+) and/.exec(reset.stdout)?.[1] ?? ''
    expect(password).toMatch(/^\S{20}$/)
    expect(await signIn('ada@example.com', PASSWORD)).toBe(401)
    expect(await signIn('ada@example.com', password)).toBe(200)
  })

  it.each([
    [[], 'Usage: npm run user'],
    [['dance'], 'There is no command "dance".'],
    [['create'], 'Name the person by e-mail address.'],
    [['create', 'owner@example.com'], 'There is an account with this address.'],
    [['create', 'nobody'], 'mail'],
    [['disable', 'nobody@example.com'], 'There is no account nobody@example.com.'],
    [['list', '--everything'], '--everything'],
    [['list', 'ada@example.com'], '"ada@example.com" is too much.'],
    [['create', 'eve@example.com', 'Eve'], '"Eve" is too much.'],
    [['disable', 'owner@example.com', '--ask-password'], '"disable" takes no --ask-password.'],
    [['reset-password', 'owner@example.com', '--owner'], '"reset-password" takes no --owner.'],
  ])('says what is wrong with %o', async (parameters, message) => {
    const { status, stdout, stderr } = await run(parameters)
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
    expect(stderr).toContain(message)
    expect(stderr).not.toContain('    at ')
  })

  it('refuses a password that is easy to guess', async () => {
    const { status, stderr } = await run(['create', 'eve@example.com', '--ask-password'], 'password1\n')
    expect({ status, stderr }).toMatchObject({ status: 1, stderr: expect.stringMatching(/password/i) })
  })

  it('works without the server too, and leaves nothing running', async () => {
    await server.stop()
    expect(await run(['create', 'bob@example.com', '--ask-password'], `${PASSWORD}\n`)).toMatchObject({ status: 0 })
    expect((await run(['list'])).stdout).toContain('bob@example.com')
    server = await startServerProcess({ dataFolder })
    expect(server.output()).not.toContain('left behind')
    expect(await signIn('bob@example.com', PASSWORD)).toBe(200)
  })
})
