// `npm run user`: people's accounts from the command line, for who runs the server. It works while the server runs and while
// it does not, with the embedded database too. A password is never an argument, which other users of the machine can
// see: one is made and printed once, or asked for.

import { parseArgs } from 'node:util'
import { ConfigError, readConfig } from '../config.ts'
import { AppError, StartError } from '../errors.ts'
import { createLog } from '../log.ts'
import { createRealtime } from '../realtime/realtime.ts'
import { openDatabaseForCommand } from './open-database.ts'
import { readPassword } from './read-password.ts'
import { checkArguments, runUserCommand, UsageError } from './user-commands.ts'

const USAGE = `Usage: npm run user -- <command>

  list
  create <e-mail address> [--name <name>] [--owner] [--ask-password]
  disable <e-mail address>
  enable <e-mail address>
  reset-password <e-mail address> [--ask-password]

A password is made and printed once. With --ask-password it is asked for, or read from the first line of the input.
--owner makes an owner of the whole instance.`

const log = createLog('warn')
const stops: (() => unknown)[] = []

try {
  const { values, positionals } = readArguments()
  const config = readConfig()
  const database = await openDatabaseForCommand(config, (stop) => void stops.unshift(stop), log)
  // Tells the processes that run that somebody may do more or less.
  const realtime = createRealtime({ database, log })
  stops.unshift(() => realtime.stop())
  const { publish } = realtime
  const askPassword = values['ask-password'] === true ? () => readPassword() : null
  const [command = '', email = ''] = positionals
  const lines = await runUserCommand(
    { prisma: database.prisma, publish },
    { command, email, name: values.name ?? null, isOwner: values.owner === true, askPassword },
  )
  process.stdout.write(`${lines.join('\n')}\n`)
} catch (error) {
  process.exitCode = 1
  process.stderr.write(`${describeFailure(error)}\n`)
} finally {
  for (const stop of stops) await stop()
}

function readArguments() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        name: { type: 'string' },
        owner: { type: 'boolean' },
        'ask-password': { type: 'boolean' },
        help: { type: 'boolean' },
      },
    })
    if (values.help === true || positionals.length === 0) throw new UsageError('')
    checkArguments(positionals, Object.keys(values))
    return { values, positionals }
  } catch (error) {
    throw error instanceof UsageError ? error : new UsageError((error as Error).message)
  }
}

function describeFailure(error: unknown): string {
  if (error instanceof UsageError) return error.message === '' ? USAGE : `${error.message}\n\n${USAGE}`
  if (error instanceof ConfigError) return error.mistakes.join('\n')
  if (error instanceof AppError || error instanceof StartError) return error.message
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
