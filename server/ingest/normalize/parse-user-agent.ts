// The browsers and systems that people use, from their User-Agent header: a table of marks in their order of precedence,
// looked for as plain text. What a database of thousands of patterns would add is not worth its time per event.

export interface UserAgent {
  browser: { name: string; version: string | null } | null
  os: { name: string; version: string | null } | null
  device: { family: string; model: string | null } | null
}

const CHARS_MAX = 1024

/** [what stands before the version, name, what must stand somewhere too]. Derived browsers come before those they claim to be. */
const BROWSERS: readonly (readonly [mark: string, name: string, also?: string])[] = [
  ['Edg/', 'Edge'],
  ['EdgA/', 'Edge Mobile'],
  ['EdgiOS/', 'Edge Mobile'],
  ['Edge/', 'Edge'],
  ['OPR/', 'Opera Mobile', 'Mobile'],
  ['OPR/', 'Opera'],
  ['OPT/', 'Opera Mobile'],
  ['SamsungBrowser/', 'Samsung Internet'],
  ['YaBrowser/', 'Yandex Browser'],
  ['Vivaldi/', 'Vivaldi'],
  ['UCBrowser/', 'UC Browser'],
  ['Electron/', 'Electron'],
  ['CriOS/', 'Chrome Mobile iOS'],
  ['FxiOS/', 'Firefox iOS'],
  ['Firefox/', 'Firefox Mobile', 'Mobile'],
  ['Firefox/', 'Firefox'],
  ['HeadlessChrome/', 'HeadlessChrome'],
  ['Chrome/', 'Chrome Mobile WebView', '; wv)'],
  ['Chrome/', 'Chrome Mobile', 'Mobile'],
  ['Chromium/', 'Chromium'],
  ['Chrome/', 'Chrome'],
  ['Version/', 'Mobile Safari', 'Mobile/'],
  ['Version/', 'Android', 'Android'],
  ['Version/', 'Safari', 'Safari/'],
  ['MSIE ', 'IE'],
]

const WINDOWS_VERSIONS = new Map([
  // Browsers stopped counting here: later ones say the same.
  ['10.0', '>=10'],
  ['6.3', '8.1'],
  ['6.2', '8'],
  ['6.1', '7'],
  ['6.0', 'Vista'],
  ['5.1', 'XP'],
])

/** A server sees few different ones at a time; the same person sends the same again. */
const CACHE_MAX = 1000
const cache = new Map<string, UserAgent>()

export function parseUserAgent(header: string): UserAgent {
  const text = header.length > CHARS_MAX ? header.slice(0, CHARS_MAX) : header
  const known = cache.get(text)
  if (known !== undefined) return known
  const parsed: UserAgent = { browser: findBrowser(text), os: findOs(text), device: findDevice(text) }
  if (cache.size >= CACHE_MAX) cache.clear()
  cache.set(text, parsed)
  return parsed
}

function findBrowser(text: string): UserAgent['browser'] {
  for (const [mark, name, also] of BROWSERS) {
    const at = text.indexOf(mark)
    if (at >= 0 && (also === undefined || text.includes(also))) {
      return { name, version: readVersion(text, at + mark.length, 3) }
    }
  }
  const trident = text.indexOf('Trident/')
  if (trident < 0) return null
  const rv = text.indexOf('rv:')
  return { name: 'IE', version: rv < 0 ? null : readVersion(text, rv + 3, 2) }
}

function findOs(text: string): UserAgent['os'] {
  let at = text.indexOf('Windows NT ')
  if (at >= 0) {
    const version = readVersion(text, at + 11, 2)
    return { name: 'Windows', version: WINDOWS_VERSIONS.get(version ?? '') ?? version }
  }
  if (text.includes('Windows')) return { name: 'Windows', version: null }
  at = text.indexOf('Android')
  if (at >= 0) return { name: 'Android', version: readVersion(text, at + 8, 3) }
  if (text.includes('iPhone') || text.includes('iPad') || text.includes('iPod')) {
    at = text.indexOf('OS ')
    return { name: 'iOS', version: at < 0 ? null : readVersion(text, at + 3, 3) }
  }
  at = text.indexOf('Mac OS X')
  if (at >= 0) {
    const version = readVersion(text, at + 9, 3)
    return { name: 'macOS', version: version === '10.15.7' ? '>=10.15.7' : version }
  }
  at = text.indexOf('CrOS ')
  if (at >= 0) {
    const machineEnd = text.indexOf(' ', at + 5)
    return { name: 'Chrome OS', version: machineEnd < 0 ? null : readVersion(text, machineEnd + 1, 3) }
  }
  if (text.includes('Ubuntu')) return { name: 'Ubuntu', version: null }
  return text.includes('Linux') ? { name: 'Linux', version: null } : null
}

function findDevice(text: string): UserAgent['device'] {
  for (const family of ['iPhone', 'iPad', 'iPod']) {
    if (text.includes(family)) return { family, model: family }
  }
  const android = text.indexOf('Android')
  if (android >= 0) {
    // `(Linux; Android 13; Pixel 7 Build/TQ3A)` or `(Linux; Android 13; K)`, where K is what hides the model.
    const start = text.indexOf(';', android)
    const end = text.indexOf(')', android)
    if (start < 0 || end < start) return null
    let model = text.slice(start + 1, end)
    for (const stop of [' Build/', ';']) {
      const at = model.indexOf(stop)
      if (at >= 0) model = model.slice(0, at)
    }
    model = model.trim().slice(0, 64).toWellFormed()
    return model === '' || model === 'K' || model === 'Mobile' ? null : { family: model, model }
  }
  return text.includes('Macintosh') ? { family: 'Mac', model: 'Mac' } : null
}

/** Up to `partsMax` numbers with dots or, on Apple's systems, underscores between them. */
function readVersion(text: string, from: number, partsMax: number): string | null {
  let version = ''
  let parts = 1
  for (let i = from; i < text.length && version.length < 32; i++) {
    const code = text.charCodeAt(i)
    if (code >= 0x30 && code <= 0x39) version += text[i]
    else if ((code === 0x2e || code === 0x5f) && version !== '' && parts < partsMax) {
      version += '.'
      parts++
    } else break
  }
  return version === '' ? null : version
}
