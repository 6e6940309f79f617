// What of a frame says which call it is: module or file, function, and the line of code where the source can be trusted.
// Line numbers do not count, since they move with every change above them.

import type { StackFrame } from '../../domain/event.ts'
import type { PlatformFamily } from './platform-family.ts'
import type { Leaves } from './leaves.ts'
import { trimFunctionName } from './trim-function-name.ts'

const LINE_CHARS_MAX = 120

/** Platforms that send source lines good enough to group by. */
const HAS_SOURCE = new Set(['javascript', 'node', 'python', 'php', 'ruby'])

const NATIVE_CODE_PATHS = new Set(['[native code]', 'native code', 'eval code', '<anonymous>'])
const NO_FUNCTION = new Set(['?', '<anonymous function>', '<anonymous>', 'Anonymous function'])

/** Adds the frame's leaves, none when nothing of it counts. */
export function addFrameLeaves(leaves: Leaves, frame: StackFrame, platform: string, family: PlatformFamily): void {
  const name = frame.function
  if (family === 'javascript') {
    if (frame.absPath !== null && NATIVE_CODE_PATHS.has(frame.absPath)) return
    if (shortName(frame.rawFunction ?? name) === 'eval') return
  }
  const module = frame.module === null ? null : cleanModule(frame.module, frame.absPath, platform)
  if (module !== null) leaves.add('module', module)
  else if (frame.filename !== null) {
    const filename = cleanFilename(frame.filename, frame.absPath, platform)
    if (filename !== null) leaves.add('filename', filename)
  }
  const line = HAS_SOURCE.has(platform) ? cleanLine(frame, family) : null
  const cleaned = cleanFunction(frame, platform, family, line !== null)
  if (cleaned !== null) leaves.add('function', cleaned)
  if (line !== null) leaves.add('context line', line)
}

/** Without the object before it: browsers do not agree on that. */
function shortName(name: string | null): string | null {
  if (name === null) return null
  const dot = name.lastIndexOf('.')
  return dot < 0 ? name : name.slice(dot + 1)
}

function hasUrlOrigin(path: string | null, isFileUrl: boolean): boolean {
  if (path === null) return false
  switch (path.charCodeAt(0)) {
    case 0x68: // h
      return path.startsWith('http:') || path.startsWith('https:')
    case 0x62: // b
      return path.startsWith('blob:')
    case 0x61: // a
      return path.startsWith('applewebdata:')
    case 0x66: // f
      return isFileUrl && path.startsWith('file:')
    default:
      return false
  }
}

function cleanFilename(filename: string, absPath: string | null, platform: string): string | null {
  if (hasUrlOrigin(absPath, false)) return null
  const slash = Math.max(filename.lastIndexOf('/'), filename.lastIndexOf('\\'))
  const basename = (slash < 0 ? filename : filename.slice(slash + 1)).toLowerCase()
  if (basename === '' || basename === '<anonymous>' || basename === '[native code]') return null
  return platform === 'java' && basename.includes('$$_javassist') ? basename.replace(JAVASSIST, '$1<auto>') : basename
}

const JAVASSIST = /(\$\$_javassist)(?:_seam)?(?:_\d+)?/g

/** Names of classes that Java frameworks generate at run time end in a number or hash that is another each time. */
const GENERATED: readonly [mark: string, pattern: RegExp][] = [
  ['sun.reflect.Generated', /(sun\.reflect\.Generated(?:Serialization)?ConstructorAccessor)\d+/g],
  ['CGLIB$$', /(\$\$[A-Za-z0-9_]{1,64}?CGLIB\$\$)[a-fA-F0-9]+(?:_\d+)?/g],
  ['$$_javassist', JAVASSIST],
  ['$fn__', /(\$fn__)\d+/g],
  ['EnhancerBy', /(\$\$?EnhancerBy[A-Za-z0-9_]{1,64}?\$?\$)[a-fA-F0-9]+(?:_\d+)?/g],
  ['FastClassBy', /(\$\$?FastClassBy[A-Za-z0-9_]{1,64}?\$?\$)[a-fA-F0-9]+(?:_\d+)?/g],
  ['HibernateProxy', /(\$\$?HibernateProxy\$?\$)\w+/g],
]

const METHOD_ACCESSORS = ['sun.reflect.GeneratedMethodAccessor', 'jdk.internal.reflect.GeneratedMethodAccessor']

function cleanModule(module: string, absPath: string | null, platform: string): string | null {
  if (platform === 'javascript') {
    return module.includes('/') && absPath !== null && absPath.endsWith(module) ? null : module
  }
  if (platform !== 'java') return module
  if (module.includes('$$Lambda$')) return null
  for (const accessor of METHOD_ACCESSORS) if (module.startsWith(accessor)) return accessor
  let cleaned = module
  if (!module.includes('$') && !module.startsWith('sun.')) return module
  for (const [mark, pattern] of GENERATED) {
    if (cleaned.includes(mark)) cleaned = cleaned.replace(pattern, '$1<auto>')
  }
  return cleaned
}

function cleanFunction(frame: StackFrame, platform: string, family: PlatformFamily, hasLine: boolean): string | null {
  const { rawFunction } = frame
  let name = platform === 'csharp' ? (rawFunction ?? frame.function) : (frame.function ?? rawFunction)
  if (name === null) return null
  if (rawFunction === null) name = trimFunctionName(name, platform, family === 'native')
  if (family === 'javascript') {
    const raw = shortName(rawFunction ?? frame.function)
    if (raw === null || raw === '' || NO_FUNCTION.has(raw) || raw.endsWith('/<')) return null
    // Names in source maps are unreliable; the line they point to is not.
    if (hasLine && frame.data !== null && frame.data.sourcemap != null) return null
    return shortName(name)
  }
  if (family === 'native') return name === '<redacted>' || name === '<unknown>' ? null : name
  switch (platform) {
    case 'ruby':
      return name.startsWith('block ') ? 'block' : dropErbSuffix(name)
    case 'php':
      return cleanPhpFunction(name)
    case 'java':
      return name.startsWith('lambda$') ? null : name
    default:
      return name
  }
}

/** Templates compile to `_app_views_home_index_html_erb__1234_5678`. */
function dropErbSuffix(name: string): string {
  return name.includes('__') ? name.replace(/__\d{4,}_\d{4,}$/, '') : name
}

/** Anonymous classes are called by the file and offset they were made at, behind a NUL that is U+FFFD by now. */
function cleanPhpFunction(name: string): string | null {
  if (name.startsWith('[Anonymous')) return null
  if (!name.startsWith('class@anonymous')) return name
  const method = name.lastIndexOf('::')
  if (method >= 0) return name.slice(method + 2)
  const mark = name[15]
  return mark === '\0' || mark === '\ufffd' ? null : name
}

function cleanLine(frame: StackFrame, family: PlatformFamily): string | null {
  const raw = frame.contextLine
  if (raw === null || raw.length > LINE_CHARS_MAX) return null
  if (family === 'javascript' && frame.function === null && hasUrlOrigin(frame.absPath, true)) return null
  const line = raw.trim()
  if (line === '') return null
  return HAS_RUNS.test(line) ? line.replace(RUNS, ' ') : line
}

const HAS_RUNS = /[\t\n\r\f\v]|\s\s/
const RUNS = /\s+/g
