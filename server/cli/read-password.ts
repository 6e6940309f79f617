import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { StartError } from '../errors.ts'

/** Asked for twice on a terminal, without showing it; else the first line of the input. @throws StartError */
export async function readPassword(): Promise<string> {
  const { stdin, stderr } = process
  const isTerminal = stdin.isTTY === true
  // Readline shows what is typed by writing it: to nowhere.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  const lines = createInterface({ input: stdin, output: nowhere, terminal: isTerminal })
  try {
    if (!isTerminal) {
      for await (const line of lines) return line
      throw new StartError('There is no password in the input.')
    }
    stderr.write('Password: ')
    const password = await lines.question('')
    stderr.write('\nAgain: ')
    const again = await lines.question('')
    stderr.write('\n')
    if (password !== again) throw new StartError('These are two passwords.')
    return password
  } finally {
    lines.close()
  }
}
