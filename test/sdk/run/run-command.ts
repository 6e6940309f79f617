import { spawn } from 'node:child_process'
import type { Command } from '../sample.ts'

export interface CommandOptions {
  folder: string
  withinMs: number
}

/** A command that did not come to its end in time, or ended badly. */
export class CommandError extends Error {}

const OUTPUT_CHARS_MAX = 100_000

/** Resolves with what it printed. It is ended, with all that it started, when its time is over. */
export function runCommand([program, ...args]: Command, { folder, withinMs }: CommandOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
    let output = ''
    const keep = (text: string) => (output = (output + text).slice(-OUTPUT_CHARS_MAX))
    child.stdout.setEncoding('utf8').on('data', keep)
    child.stderr.setEncoding('utf8').on('data', keep)
    let isLate = false
    const timer = setTimeout(() => {
      isLate = true
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
    }, withinMs)
    const fail = (reason: string) => reject(new CommandError(`${program} ${reason}`.trim()))
    child.once('error', (error) => {
      clearTimeout(timer)
      fail(`cannot be run: ${error.message}`)
    })
    child.once('close', (status, signal) => {
      clearTimeout(timer)
      if (isLate) fail(`took longer than ${withinMs / 1000} s`)
      else if (status === 0) resolve(output)
      else fail(`ended with ${status ?? signal}: ${output.trim().slice(-2_000)}`)
    })
  })
}
