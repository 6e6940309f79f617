// Function names as debuggers print them hold arguments, return types, template parameters and linker decorations, which
// change without the function being another one. This leaves the name. Names are cut to 276 characters before, so the loops
// over a name's characters are bounded.

import { createRecentMap } from '../recent-map.ts'

const RUST_HASH = /::h[a-z0-9]{16}$/
const GLIBC_VERSION = /@@?GLIBC_[0-9.]+$/
const WINDOWS_DECORATION = /^@?([^@]*)@\d+$/
const IL2CPP_CHARS_MIN = 42
const LAMBDA = /\{lambda\([^)]*\)#\d+\}|\blambda_[a-f0-9]{32}\b|\$_\d+\b/g
/** What Unity's IL2CPP adds to a method's name before its own endings; `_RuntimeMethod_var` is the name of a variable. */
const IL2CPP_HASH = /_m[0-9A-F]{40}(?=$|_(?!RuntimeMethod_var))/
const ANONYMOUS_NAMESPACE = /\?A0x[a-f0-9]{8}::/g

/** Stand-ins for operators whose brackets would unbalance the rest; letters that no compiler puts into a name. */
const LESS = '\u27e8'
const CALL = '\u25ef'
const ARROW = '\u27ff'
const ANONYMOUS = '\u3014anonymousnamespace\u3015'

export function trimFunctionName(name: string, platform: string, isNative: boolean): string {
  if (platform === 'csharp') {
    const argumentsAt = name.indexOf(' (')
    return argumentsAt < 0 ? name : name.slice(0, argumentsAt)
  }
  return isNative && !isPlainName(name) ? recallNativeName(name, platform) : name
}

/** The same names come with every crash of a program, and one takes microseconds to trim. */
const NAMES_MAX = 4000
const trimmedNames = createRecentMap<string>(NAMES_MAX)

function recallNativeName(name: string, platform: string): string {
  // Only Apple's languages read a name differently.
  const key = platform === 'cocoa' || platform === 'swift' ? name : ` ${name}`
  const known = trimmedNames.get(key)
  if (known !== undefined) return known
  const trimmed = trimNativeName(name, platform)
  trimmedNames.set(key, trimmed)
  return trimmed
}

function trimNativeName(original: string, platform: string): string {
  let name = original.trim()
  if (original === '<redacted>' || original === '<unknown>') return original
  // Objective-C: `-[Class method:]` is the name.
  if (name.startsWith('[') || name.startsWith('+[') || name.startsWith('-[')) return name
  name = replaceEnclosed(name, '[', ']', dropClone).trimEnd()
  name = hideOperators(dropTrailers(name))
  if (name.includes('lambda') || name.includes('$_')) name = name.replace(LAMBDA, 'lambda')
  if (name.includes('?A0x')) name = name.replace(ANONYMOUS_NAMESPACE, `${ANONYMOUS}::`)
  name = replaceEnclosed(name, '(', ')', dropArguments)
  name = replaceEnclosed(name, '<', '>', dropGenerics)
  const token = pickName(name, splitTokens(name), platform)
  name = token === '' ? original : showOperators(token)
  name = name.replace(IL2CPP_HASH, '')
  if (name.includes('::h')) name = name.replace(RUST_HASH, '')
  if (name.includes('@GLIBC_')) name = name.replace(GLIBC_VERSION, '')
  return name.includes('@') ? name.replace(WINDOWS_DECORATION, '$1') : name
}

/** Letters, digits, `_`, `.` and `:` only, and no Rust hash: nothing to trim. */
function isPlainName(name: string): boolean {
  for (let i = 0; i < name.length; i++) {
    const code = name.charCodeAt(i)
    const isWord = (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || (code >= 0x30 && code <= 0x39)
    if (!isWord && code !== 0x5f && code !== 0x2e && code !== 0x3a) return false
  }
  return !name.includes('::h') && !name.includes('lambda') && !(name.length > IL2CPP_CHARS_MIN && name.includes('_m'))
}

/** `const` and `&` after the arguments. */
function dropTrailers(name: string): string {
  let trimmed = name
  for (;;) {
    if (trimmed.endsWith('&')) trimmed = trimmed.slice(0, -1).trimEnd()
    else if (/\bconst$/.test(trimmed)) trimmed = trimmed.slice(0, -5).trimEnd()
    else return trimmed
  }
}

function hideOperators(name: string): string {
  return name
    .replaceAll('operator<<', `operator${LESS}${LESS}`)
    .replaceAll('operator<', `operator${LESS}`)
    .replaceAll('operator()', `operator${CALL}`)
    .replaceAll('operator->', `operator${ARROW}`)
    .replaceAll(' -> ', ` ${ARROW} `)
    .replaceAll("`anonymous namespace'", ANONYMOUS)
}

function showOperators(name: string): string {
  return name
    .replaceAll(LESS, '<')
    .replaceAll(CALL, '()')
    .replaceAll(ARROW, '->')
    .replaceAll(ANONYMOUS, "`anonymous namespace'")
}

function dropClone(inside: string): string {
  return inside.startsWith('clone .') ? '' : `[${inside}]`
}

function dropArguments(inside: string): string {
  const trimmed = inside.trim()
  return trimmed === 'anonymous namespace' || trimmed === 'operator' ? `(${trimmed})` : ''
}

/** `<Foo as Bar>::baz` is Rust's way to say whose `baz`; everywhere else a generic's arguments do not matter. */
function dropGenerics(inside: string, start: number): string {
  if (inside === 'lambda') return '<lambda>'
  if (start > 0) return '<T>'
  const implementor = replaceEnclosed(inside.replace(/^[A-Z] as /, ''), '<', '>', dropGenerics)
  const traitAt = implementor.indexOf(' as ')
  return traitAt < 0 ? implementor : implementor.slice(0, traitAt)
}

type ReplaceInside = (inside: string, start: number) => string

/** Replaces what stands in the outermost pairs of brackets, and the brackets. What never closes is dropped. */
function replaceEnclosed(text: string, open: string, close: string, replace: ReplaceInside): string {
  if (!text.includes(open)) return text
  let result = ''
  let depth = 0
  let start = 0
  for (let i = 0; i < text.length; i++) {
    const char = text[i] as string
    if (char === open) {
      if (depth === 0) start = i
      depth++
    } else if (char === close) {
      depth--
      if (depth === 0) result += replace(text.slice(start + 1, i), start)
    } else if (depth === 0) result += char
  }
  return result
}

const CLOSERS = new Map([
  ['(', ')'],
  ['{', '}'],
  ['[', ']'],
  ['<', '>'],
])

/** Splits at white space outside of brackets. */
function splitTokens(name: string): string[] {
  const tokens: string[] = []
  const expected: string[] = []
  let token = ''
  for (const char of name) {
    const closer = CLOSERS.get(char)
    if (closer !== undefined) expected.push(closer)
    else if (char === expected.at(-1)) expected.pop()
    else if (expected.length === 0 && /\s/.test(char)) {
      if (token !== '') tokens.push(token)
      token = ''
      continue
    }
    token += char
  }
  if (token !== '' && expected.length === 0) tokens.push(token)
  return tokens
}

/** C++ puts the name last, Swift before the arrow. */
function pickName(name: string, tokens: string[], platform: string): string {
  if (tokens.length > 1 && tokens.at(-1) === '<T>') {
    tokens.pop()
    tokens[tokens.length - 1] += ' <T>'
  }
  if (name.includes('initialization expression of')) {
    let at = tokens.lastIndexOf('of') + 1
    if (tokens[at] === 'static') at++
    const initializer = `initializer expression of ${(tokens[at] ?? '').replace(/^:/, '')}`
    return tokens.includes('closure') ? `closure in ${initializer}` : initializer
  }
  const arrowAt = tokens.lastIndexOf(ARROW)
  let picked = tokens.at(-1) ?? ''
  if (arrowAt > 0) picked = tokens[tokens[arrowAt - 1] === 'throws' && arrowAt > 1 ? arrowAt - 2 : arrowAt - 1] ?? ''
  if (picked.startsWith('@') && (platform === 'cocoa' || platform === 'swift')) {
    return name.includes('thunk for ') ? 'thunk for closure' : 'closure'
  }
  return tokens.includes('closure') && picked !== 'closure' && picked !== '' ? `closure in ${picked}` : picked
}
