// A browser's user agent in words: "Firefox 141 on Linux". Browsers claim to be each other, so the order matters: who
// calls itself by a name of its own is looked for before those that everybody claims to be.

const BROWSERS: [pattern: RegExp, name: string][] = [
  [/\bEdg(?:e|A|iOS)?\/(\d+)/, 'Edge'],
  [/\b(?:OPR|Opera)\/(\d+)/, 'Opera'],
  [/\bVivaldi\/(\d+)/, 'Vivaldi'],
  [/\bSamsungBrowser\/(\d+)/, 'Samsung Internet'],
  [/\b(?:Firefox|FxiOS)\/(\d+)/, 'Firefox'],
  [/\bHeadlessChrome\/(\d+)/, 'Headless Chrome'],
  [/\b(?:Chrome|CriOS)\/(\d+)/, 'Chrome'],
  [/\bVersion\/(\d+)[\d.]* (?:Mobile\/\w+ )?Safari\//, 'Safari'],
]

const SYSTEMS: [pattern: RegExp, name: string][] = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b|\bMacintosh\b/, 'macOS'],
  [/\bLinux\b/, 'Linux'],
]

const OTHER_LENGTH_MAX = 60

/** @returns null where there is nothing to tell. */
export function describeUserAgent(userAgent: string | null): string | null {
  if (userAgent === null || userAgent.trim() === '') return null
  const browser = findFirst(BROWSERS, userAgent)
  const system = findFirst(SYSTEMS, userAgent)
  if (browser === null && system === null) return userAgent.trim().slice(0, OTHER_LENGTH_MAX)
  return [browser, system].filter((part) => part !== null).join(' on ')
}

function findFirst(known: typeof BROWSERS, userAgent: string): string | null {
  for (const [pattern, name] of known) {
    const match = pattern.exec(userAgent)
    if (match) return match[1] === undefined ? name : `${name} ${match[1]}`
  }
  return null
}
