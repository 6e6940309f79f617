import { LEVELS } from '../../domain/level.ts'
import type { Level } from '../../domain/level.ts'
import type { Raw } from './coerce.ts'

const BY_NAME = new Map<string, Level>([
  ...LEVELS.map((level) => [level, level] as const),
  ['log', 'info'],
  ['warn', 'warning'],
  ['critical', 'fatal'],
])

/** Python's logging levels, in their numbers. */
const BY_NUMBER = new Map<number, Level>([
  [10, 'debug'],
  [20, 'info'],
  [30, 'warning'],
  [40, 'error'],
  [50, 'fatal'],
])

/** @returns null when there is none, or none that we know. */
export function parseLevel(value: Raw): Level | null {
  if (typeof value === 'string') {
    return BY_NAME.get(value) ?? BY_NAME.get(value.toLowerCase()) ?? BY_NUMBER.get(Number(value)) ?? null
  }
  return typeof value === 'number' ? (BY_NUMBER.get(value) ?? null) : null
}
