const UNITS = ['KiB', 'MiB', 'GiB'] as const

/** `512 B`, `1.4 KiB`, `20 MiB`: as people compare files. */
export function formatSize(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`
  let size = bytes
  let unit = -1
  while (size >= 1024 && unit < UNITS.length - 1) {
    size /= 1024
    unit += 1
  }
  return `${size < 10 ? Math.floor(size * 10) / 10 : Math.floor(size)} ${UNITS[unit] ?? ''}`
}
