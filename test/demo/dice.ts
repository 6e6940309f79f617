// Chance, from a seed: two runs with the same seed tell the same story.

export interface Dice {
  /** A whole number from `min` to `max`, both included. */
  roll(min: number, max: number): number
  pick<Item>(items: readonly [Item, ...Item[]]): Item
  /** True in `share` of all throws. */
  chance(share: number): boolean
  hex(digits: number): string
  /** Low numbers come up often, high ones now and then: how people use a shop. */
  favourLow(count: number): number
}

export function createDice(seed: number): Dice {
  // mulberry32: 32 bits of state are plenty for a show.
  let state = seed >>> 0
  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  const roll = (min: number, max: number) => min + Math.floor(next() * (max - min + 1))
  return {
    roll,
    pick: (items) => items[roll(0, items.length - 1)] ?? items[0],
    chance: (share) => next() < share,
    hex: (digits) => Array.from({ length: digits }, () => roll(0, 15).toString(16)).join(''),
    favourLow: (count) => Math.floor(next() ** 3 * count),
  }
}
