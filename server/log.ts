// One logger for the process: JSON lines on stdout, pretty where a person reads along on a terminal. Nothing that an
// SDK or a browser sent is logged as text of ours, only as a field.

import { createRequire } from 'node:module'
import { pino, type Logger } from 'pino'
import type pinoPretty from 'pino-pretty'

export type { Logger }

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

export function createLog(level: LogLevel): Logger {
  const options = { level, base: undefined, timestamp: pino.stdTimeFunctions.isoTime }
  if (!process.stdout.isTTY) return pino(options)
  // Loaded for a terminal only: it costs 10 MB.
  const pretty = createRequire(import.meta.url)('pino-pretty') as typeof pinoPretty
  return pino(options, pretty({ sync: true, translateTime: 'HH:MM:ss', ignore: 'pid,hostname' }))
}
