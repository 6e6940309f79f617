/** Platforms whose stack traces are treated alike. */
export type PlatformFamily = 'native' | 'javascript' | 'other'

export function familyOf(platform: string): PlatformFamily {
  switch (platform) {
    case 'javascript':
    case 'node':
      return 'javascript'
    case 'native':
    case 'cocoa':
    case 'objc':
    case 'swift':
    case 'c':
      return 'native'
    default:
      return 'other'
  }
}
