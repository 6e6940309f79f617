// One logger for the process: JSON lines on stdout, pretty where a person reads along on a terminal. Nothing that an
// SDK or a browser sent is logged as text of ours, only as a field.

import { pino, type Logger } from 'pino'
import { build as buildPretty } from 'pino-pretty'
import type { Config } from './config.ts'

export type { Logger }

export function createLog(level: Config['logLevel']): Logger {
  const options = { level, base: undefined, timestamp: pino.stdTimeFunctions.isoTime }
  if (!process.stdout.isTTY) return pino(options)
  return pino(options, buildPretty({ sync: true, translateTime: 'HH:MM:ss', ignore: 'pid,hostname' }))
}
