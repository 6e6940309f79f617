// Numbers for columns. The API sends counts as numbers while they are exact, else as digits.

export type Count = number | string

const UNITS: [limit: number, divisor: number, unit: string][] = [
  [1_000_000, 1_000, 'k'],
  [1_000_000_000, 1_000_000, 'M'],
  [Number.POSITIVE_INFINITY, 1_000_000_000, 'G'],
]

/** `999`, `12.4 k`, `3.1 M`: three digits at most, rounded down, so that nothing looks like more than it is. */
export function formatShort(count: Count): string {
  const value = Number(count)
  if (value < 1_000) return String(value)
  for (const [limit, divisor, unit] of UNITS) {
    if (value < limit) {
      const scaled = value / divisor
      return `${scaled < 100 ? Math.floor(scaled * 10) / 10 : Math.floor(scaled)} ${unit}`
    }
  }
  return String(count)
}

/** Every digit, grouped by thousands. */
export function formatWhole(count: Count): string {
  return (typeof count === 'string' ? BigInt(count) : count).toLocaleString('en-US')
}
