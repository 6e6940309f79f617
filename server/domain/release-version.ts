// Releases as versions: `1.4.0`, `v1.4`, `shop@1.4.0-beta.2+build.7`. What is none (a commit's hash, a date with words) is
// neither older nor newer than anything.

export interface ReleaseVersion {
  /** `shop` of `shop@1.4.0`. */
  package: string | null
  /** One to four, without leading zeros. As text, since build numbers may be longer than a number is exact. */
  numbers: string[]
  /** `['beta', '2']`; none for a release proper. */
  prerelease: string[]
}

const CHARS_MAX = 200
const VERSION = /^v?(\d{1,20}(?:\.\d{1,20}){0,3})(?:-([0-9a-z.-]+)|([a-z][0-9a-z.-]*))?(?:\+[0-9a-z.-]*)?$/i

/** @returns null for what is no version. */
export function parseReleaseVersion(release: string): ReleaseVersion | null {
  if (release.length > CHARS_MAX) return null
  // `@scope/app@1.0.0` has its first one for itself.
  const at = release.lastIndexOf('@')
  const match = VERSION.exec(at > 0 ? release.slice(at + 1) : release)
  if (match === null) return null
  const [, numbers = '', afterHyphen, attached] = match
  // `1.4rc1` is a version, `9c7f19f` the hash of a commit.
  if (attached !== undefined && !numbers.includes('.')) return null
  return {
    package: at > 0 ? release.slice(0, at) : null,
    numbers: numbers.split('.').map((number) => number.replace(/^0+(?=\d)/, '')),
    prerelease: (afterHyphen ?? attached)?.split('.') ?? [],
  }
}

/**
 * By semantic versioning; numbers that are missing are 0. Packages are not compared.
 * @returns below 0 when `a` is older, above 0 when `b` is.
 */
export function compareVersions(a: ReleaseVersion, b: ReleaseVersion): number {
  for (let i = 0; i < Math.max(a.numbers.length, b.numbers.length); i += 1) {
    const order = compareNumbers(a.numbers[i] ?? '0', b.numbers[i] ?? '0')
    if (order !== 0) return order
  }
  if (a.prerelease.length === 0 || b.prerelease.length === 0) return b.prerelease.length - a.prerelease.length
  for (let i = 0; i < Math.max(a.prerelease.length, b.prerelease.length); i += 1) {
    const [left, right] = [a.prerelease[i], b.prerelease[i]]
    if (left === undefined || right === undefined) return left === undefined ? -1 : 1
    const order = compareIdentifiers(left, right)
    if (order !== 0) return order
  }
  return 0
}

/** `1` before `2` before `10` before `alpha`. */
function compareIdentifiers(a: string, b: string): number {
  const [isANumber, isBNumber] = [/^\d+$/.test(a), /^\d+$/.test(b)]
  if (isANumber && isBNumber) return compareNumbers(a.replace(/^0+(?=\d)/, ''), b.replace(/^0+(?=\d)/, ''))
  if (isANumber !== isBNumber) return isANumber ? -1 : 1
  return a < b ? -1 : Number(a > b)
}

function compareNumbers(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length
  return a < b ? -1 : Number(a > b)
}
