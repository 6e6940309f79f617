/** Cuts the middle of a path, never its end: `/srv/app/node_modules/…/lib/router.js`. Whole segments where they fit. */
export function shortenPath(path: string, lengthMax: number): string {
  if (path.length <= lengthMax) return path
  const tailLength = Math.ceil((lengthMax - 1) * 0.7)
  const headLength = lengthMax - 1 - tailLength
  let tail = path.slice(-tailLength)
  const slash = tail.indexOf('/')
  // Begin the tail at a segment, unless that would throw most of it away.
  if (slash >= 0 && slash < tailLength / 2) tail = tail.slice(slash)
  return `${path.slice(0, headLength)}…${tail}`
}
