// Globs: `*` is any number of characters, `?` is one, everything else is itself, in either case. The whole text must match.
//
// No regular expression, and no going back: all places in the pattern that the text may have reached are bits, and each
// character moves all of them at once. So a text costs its length times one word for 32 characters of the pattern, whatever
// either holds.

export interface Glob {
  /** @param text in lower case. */
  matches(text: GlobText): boolean
}

/** As much of a string as is looked at. */
type GlobText = Pick<string, 'length' | 'charCodeAt'>

const STAR = 0x2a
const QUESTION_MARK = 0x3f

export function compileGlob(pattern: string): Glob {
  const units: number[] = []
  /** Places where a star lets the text run on. */
  const starsAt = new Set<number>()
  const lowered = pattern.toLowerCase()
  for (let i = 0; i < lowered.length; i += 1) {
    const code = lowered.charCodeAt(i)
    if (code === STAR) starsAt.add(units.length)
    else units.push(code)
  }
  const words = (units.length >> 5) + 1
  const loops = toBits(words, [...starsAt])
  const anyUnits = toBits(words, indexesOf(units, QUESTION_MARK))
  const unitsOf = new Map<number, Int32Array>()
  for (const code of new Set(units)) {
    if (code !== QUESTION_MARK)
      unitsOf.set(code, toBits(words, [...indexesOf(units, code), ...indexesOf(units, QUESTION_MARK)]))
  }
  const lastWord = units.length >> 5
  const lastBit = 1 << (units.length & 31)
  const places = new Int32Array(words)

  return {
    matches(text) {
      places.fill(0)
      places[0] = 1
      for (let at = 0; at < text.length; at += 1) {
        const taken = unitsOf.get(text.charCodeAt(at)) ?? anyUnits
        let carry = 0
        let alive = 0
        for (let word = 0; word < words; word += 1) {
          const before = places[word] as number
          const moved = before & (taken[word] as number)
          const after = (before & (loops[word] as number)) | (moved << 1) | carry
          carry = moved >>> 31
          alive |= after
          places[word] = after
        }
        if (alive === 0) return false
      }
      return ((places[lastWord] as number) & lastBit) !== 0
    },
  }
}

function indexesOf(units: readonly number[], code: number): number[] {
  return [...units.keys()].filter((index) => units[index] === code)
}

function toBits(words: number, indexes: readonly number[]): Int32Array {
  const bits = new Int32Array(words)
  for (const index of indexes) bits[index >> 5] = (bits[index >> 5] as number) | (1 << (index & 31))
  return bits
}
