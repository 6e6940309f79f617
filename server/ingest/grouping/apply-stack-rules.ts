// Which frames are the program's own and which are noise, whatever the SDK said: the gist of the rules with which Sentry
// starts every project. A rule may take a frame out of the program (`inApp`), or out of grouping altogether.

import type { StackFrame } from '../../domain/event.ts'
import { categorizeJava, categorizeNative, isJavaFramework, nameNative } from './frame-category.ts'
import type { FrameCategory } from './frame-category.ts'
import { familyOf } from './platform-family.ts'

const OUT_OF_APP = 1
const OUT_OF_GROUP = 2
const NOISE = OUT_OF_APP | OUT_OF_GROUP

/** Parts of paths, in lower case, that belong to somebody else's code. */
const FOREIGN_PATHS = [
  '/node_modules/',
  '/site-packages/',
  '/dist-packages/',
  '/vendor/',
  '/go/pkg/mod/',
  '/.local/share/',
  '/.pub-cache/',
  'https://unpkg.com/',
  'https://cdnjs.cloudflare.com/',
  'https://cdn.jsdelivr.net/',
  'https://esm.run/',
]

/** Transpilers' and other watchers' code, which comes between any two frames. */
const NOISY_MODULES = ['@babel/', 'core-js/', 'regenerator-runtime/', 'tslib/']

/** Flutter's own code in a web page: where it was built is in the modules' names. */
const FLUTTER = '/packages/flutter/'

/** How Node and browsers begin their turns: there or not by chance. */
const NOISY_FUNCTIONS = new Set([
  'runMicrotasks',
  'queueMicrotask',
  'processTicksAndRejections',
  'runNextTicks',
  'nextTick',
])

/** Paths and modules repeat from event to event. Measured: a lookup costs a fifth of the comparisons. */
const VERDICTS_MAX = 5000
const verdictByPath = new Map<string, number>()
const verdictByJavaModule = new Map<string, number>()

/** @returns which frames count for nothing, by index; null when all count. Sets `inApp`. */
export function applyStackRules(frames: StackFrame[], eventPlatform: string): boolean[] | null {
  let excluded: boolean[] | null = null
  if (needsCategories(frames, eventPlatform)) excluded = applyCategories(frames, eventPlatform)
  for (let i = 0; i < frames.length; i++) {
    const frame = frames[i] as StackFrame
    const verdict = judge(frame, frame.platform ?? eventPlatform)
    if (verdict & OUT_OF_APP) frame.inApp = false
    if (verdict & OUT_OF_GROUP) (excluded ??= [])[i] = true
    if (frame.function === 'reportError' && familyOf(frame.platform ?? eventPlatform) === 'javascript') {
      for (let after = i; after < frames.length; after++) (frames[after] as StackFrame).inApp = false
    }
    // Python's multiprocessing calls its worker from a module that is made up each time.
    if (frame.function === 'spawn_main' && frames[i - 1]?.function === '<module>') {
      const caller = frames[i - 1] as StackFrame
      caller.inApp = false
      ;(excluded ??= [])[i - 1] = true
    }
  }
  return excluded
}

function judge(frame: StackFrame, platform: string): number {
  const path = frame.absPath ?? frame.filename
  let verdict = path === null ? 0 : judgePath(path)
  const name = frame.function
  if (name !== null && NOISY_FUNCTIONS.has(name)) verdict |= NOISE
  const { module } = frame
  if (module !== null) verdict |= judgeModule(module, platform)
  if (name === '_callSuper' && familyOf(platform) === 'javascript') verdict |= NOISE
  return verdict
}

function judgeModule(module: string, platform: string): number {
  if (platform === 'java') return judgeJavaModule(module)
  if (module === 'newrelic') return NOISE
  if (module.startsWith('unpkg/')) return OUT_OF_APP
  for (const prefix of NOISY_MODULES) if (module.startsWith(prefix)) return NOISE
  return platform === 'javascript' && module.includes(FLUTTER) ? OUT_OF_APP : 0
}

function judgeJavaModule(module: string): number {
  let verdict = verdictByJavaModule.get(module)
  if (verdict === undefined) {
    verdict = module.startsWith('io.sentry.') ? NOISE : isJavaFramework(module) ? OUT_OF_APP : 0
    remember(verdictByJavaModule, module, verdict)
  }
  return verdict
}

function remember(verdicts: Map<string, number>, name: string, verdict: number): void {
  if (verdicts.size >= VERDICTS_MAX) verdicts.clear()
  verdicts.set(name, verdict)
}

function judgePath(path: string): number {
  const known = verdictByPath.get(path)
  if (known !== undefined) return known
  const verdict = judgeNewPath(`/${path.replaceAll('\\', '/').toLowerCase()}`)
  remember(verdictByPath, path, verdict)
  return verdict
}

/** @param path in lower case, with a slash before it, so that `vendor/x` has a `/vendor/` too. */
function judgeNewPath(path: string): number {
  if (path.startsWith('/package:sentry')) return NOISE
  if (path.startsWith('/org-dartlang-sdk:///')) return NOISE
  const folders = path.slice(0, path.lastIndexOf('/') + 1)
  if (folders.includes('newrelic') || folders.includes('logrocket')) return NOISE
  if (path.startsWith('//usr/local/lib/') || path.startsWith('//usr/local/cellar/')) return OUT_OF_APP
  for (const part of FOREIGN_PATHS) if (path.includes(part)) return OUT_OF_APP
  return 0
}

function needsCategories(frames: StackFrame[], eventPlatform: string): boolean {
  if (isCategorized(eventPlatform)) return true
  for (const frame of frames) if (frame.platform !== null && isCategorized(frame.platform)) return true
  return false
}

function isCategorized(platform: string): boolean {
  return platform === 'java' || familyOf(platform) === 'native'
}

/** [what calls, what is called]: of the two, the called one is noise. */
const CALLED_BY: readonly [caller: FrameCategory, called: FrameCategory][] = [
  ['av', 'av'],
  ['malloc', 'malloc'],
  ['throw', 'throw'],
]
const CALLED_BY_LATER: readonly [caller: FrameCategory, called: FrameCategory][] = [
  ['free', 'system'],
  ['system', 'system'],
  ['std', 'system'],
  ['std', 'std'],
  ['ui', 'ui'],
  ['ui', 'system'],
  ['internals', 'system'],
  ['internals', 'ui'],
  ['load', 'system'],
  ['load', 'load'],
  ['throw', 'system'],
  ['runtime', 'system'],
  ['runtime', 'runtime'],
  ['dtor', 'dtor'],
]

function applyCategories(frames: StackFrame[], eventPlatform: string): boolean[] {
  const names = frames.map((frame) => nameIfNative(frame, eventPlatform))
  const categories = frames.map((frame, at) => categorize(frame, eventPlatform, names[at] ?? null))
  for (const [caller, called] of CALLED_BY) silenceCalled(categories, caller, called)
  silenceGraphics(categories)
  silenceWedgedSystem(categories)
  for (const [caller, called] of CALLED_BY_LATER) silenceCalled(categories, caller, called)
  const excluded: boolean[] = frames.map(() => false)
  for (let i = 0; i < frames.length; i++) applyNativeRules(frames, excluded, i, names[i])
  for (let i = 0; i < frames.length; i++) applyCategory(frames, excluded, i, categories[i] ?? null)
  return excluded
}

/** @returns undefined for frames of other code. */
function nameIfNative(frame: StackFrame, eventPlatform: string): string | null | undefined {
  const platform = frame.platform ?? eventPlatform
  return familyOf(platform) === 'native' ? nameNative(frame, platform) : undefined
}

function categorize(frame: StackFrame, eventPlatform: string, name: string | null): FrameCategory | null {
  const platform = frame.platform ?? eventPlatform
  if (platform === 'java') return categorizeJava(frame)
  return familyOf(platform) === 'native' ? categorizeNative(frame, name) : null
}

/** Looks at all frames before it changes any, so that a row of three is treated like two rows of two. */
function silenceCalled(categories: (FrameCategory | null)[], caller: FrameCategory, called: FrameCategory): void {
  let previous = categories[0] ?? null
  for (let i = 1; i < categories.length; i++) {
    const category = categories[i] ?? null
    if (previous === caller && category === called) categories[i] = 'internals'
    previous = category
  }
}

/** Of the calls through a graphics library and its driver the first counts, and the one that gives up and reports itself. */
function silenceGraphics(categories: (FrameCategory | null)[]): void {
  let isWithin = false
  for (let i = 0; i < categories.length; i++) {
    const category = categories[i]
    const isGraphics = category === 'gl' || category === 'driver'
    if (isGraphics && isWithin && categories[i + 1] !== 'telemetry') categories[i] = 'internals'
    isWithin = isGraphics
  }
}

/** One system frame between two others tells nothing. */
function silenceWedgedSystem(categories: (FrameCategory | null)[]): void {
  for (let i = 1; i < categories.length - 1; i++) {
    if (categories[i] === 'system' && categories[i - 1] !== 'system' && categories[i + 1] !== 'system') {
      categories[i] = 'indirection'
    }
  }
}

const RUST_STD = ['std::', 'core::', 'alloc::', '__rust_']
const APP_PACKAGES = ['/var/containers/bundle/application/', '/private/var/containers/bundle/application/', '/users/']
const RAISERS = new Set([
  'std::panicking::begin_panic',
  'core::panicking::begin_panic',
  'failure::backtrace::Backtrace::new',
  'error_chain::make_backtrace',
  '_CxxThrowException',
  '__cxa_throw',
  '__assert_rtn',
  '_NSRaiseError',
])
const PANIC_FORMATTERS = new Set(['std::panicking::panic_fmt', 'core::panicking::panic_fmt'])

function applyNativeRules(
  frames: StackFrame[],
  excluded: boolean[],
  at: number,
  name: string | null | undefined,
): void {
  if (name === undefined) return
  const frame = frames[at] as StackFrame
  const package_ = frame.package?.replaceAll('\\', '/').toLowerCase() ?? ''
  if (package_ !== '') {
    const isBundle = package_.includes('.app/contents/') || package_.includes('/containers/bundle/application/')
    if (isBundle || APP_PACKAGES.some((prefix) => package_.startsWith(prefix))) frame.inApp = true
    if (package_.startsWith('/lib/') || package_.startsWith('/usr/lib/')) frame.inApp = false
    const framework = package_.indexOf('/frameworks/')
    if (
      framework >= 0 &&
      /^(?:libswift|kscrash\.|sentry(?:swift)?\.|flutter(?:macos)?\.)/.test(package_.slice(framework + 12))
    ) {
      frame.inApp = false
    }
  }
  if (name === null) return
  if (name === 'rust_begin_unwind' || RUST_STD.some((prefix) => name.startsWith(prefix))) frame.inApp = false
  if (RAISERS.has(name)) hideFrom(frames, excluded, at, true)
  if (PANIC_FORMATTERS.has(name)) hideFrom(frames, excluded, at, false)
  const isReporter =
    name === '_mh_execute_header' ||
    name.startsWith('google_breakpad::') ||
    name.startsWith('kscm_') ||
    name.startsWith('kscrash_') ||
    name.includes('sentrycrash_') ||
    name.includes('sentrycrashcm_') ||
    /^.?\[(?:KSCrash|RNSentry|Sentry)/.test(name) ||
    (name.startsWith('__') && name.includes('[Sentry'))
  if (isReporter) {
    frame.inApp = false
    excluded[at] = true
  }
}

function applyCategory(frames: StackFrame[], excluded: boolean[], at: number, category: FrameCategory | null): void {
  const frame = frames[at] as StackFrame
  switch (category) {
    case 'throw':
      hideFrom(frames, excluded, at, true)
      break
    case 'system':
      frame.inApp = false
      break
    case 'threadbase':
      // What starts a thread, and what called that.
      for (let before = 0; before <= at; before++) excluded[before] = true
      break
    case 'handler':
      for (let after = at; after < frames.length; after++) excluded[after] = true
      break
    case 'telemetry':
    case 'internals':
      frame.inApp = false
      excluded[at] = true
      break
    case 'indirection':
      excluded[at] = true
  }
}

/** The frame and all that it called: the machinery of throwing. */
function hideFrom(frames: StackFrame[], excluded: boolean[], at: number, isNoise: boolean): void {
  for (let after = at; after < frames.length; after++) {
    ;(frames[after] as StackFrame).inApp = false
    if (isNoise) excluded[after] = true
  }
}
