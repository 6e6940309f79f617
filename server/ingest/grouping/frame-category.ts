// What kind of code a frame of native or Java code is, where that can be told from its names: the operating system, the
// standard library, what starts a thread, what throws. The kinds decide which frames are noise: see apply-stack-rules.ts.

import type { StackFrame } from '../../domain/event.ts'
import { trimFunctionName } from './trim-function-name.ts'

export type FrameCategory =
  | 'system'
  | 'std'
  | 'ui'
  | 'runtime'
  | 'av'
  | 'gl'
  | 'driver'
  | 'malloc'
  | 'free'
  | 'load'
  | 'lock'
  | 'throw'
  | 'handler'
  | 'shutdown'
  | 'dtor'
  | 'telemetry'
  | 'threadbase'
  | 'indirection'
  | 'internals'
  | 'framework'

/** Beginnings of class names, the more special after the more general. */
const JAVA_MODULES: readonly [prefix: string, category: FrameCategory][] = [
  ['dalvik.system.', 'system'],
  ['com.android.', 'system'],
  ['java.', 'std'],
  ['javax.crypto.', 'std'],
  ['com.google.crypto.', 'std'],
  ['com.google.android.', 'std'],
  ['androidx.', 'std'],
  ['android.', 'std'],
  ['android.os.', 'system'],
  ['android.view.', 'ui'],
  ['android.text.', 'ui'],
  ['android.widget.', 'ui'],
  ['android.app.Dialog', 'ui'],
  ['com.google.android.material.', 'ui'],
  ['java.lang.reflect.', 'indirection'],
]

/** [class, method]: where threads begin. A star stands for any end of the class's name. */
const JAVA_THREAD_BASES: readonly [name: string, method: string][] = [
  ['java.util.concurrent.ThreadPoolExecutor*', 'runWorker'],
  ['android.os.*', 'call'],
  ['android.app.ActivityThread', 'main'],
  ['android.app.ActivityThread*', 'handleMessage'],
  ['android.view.View', 'layout'],
  ['android.os.Looper', 'loop'],
  ['android.os.Handler', 'dispatchMessage'],
  ['android.os.Handler', 'handleCallback'],
]

const JAVA_FRAMEWORKS = [
  'akka.',
  'com.fasterxml.',
  'com.microsoft.',
  'com.sun.',
  'feign.',
  'io.ktor.',
  'io.netty.',
  'io.opentelemetry.',
  'io.sentry.',
  'jdk.',
  'kotlin.',
  'kotlinx.',
  'oauth.',
  'org.apache.',
  'org.glassfish.',
  'org.jboss.',
  'org.jdesktop.',
  'org.postgresql.',
  'org.springframework.',
  'org.web3j.',
  'reactor.core.',
  'scala.',
  'sun.',
]

export function isJavaFramework(module: string): boolean {
  for (const prefix of JAVA_FRAMEWORKS) if (module.startsWith(prefix)) return true
  return false
}

/** Frameworks are told apart only after the neighbours of a frame were looked at: `isJavaFramework`. */
export function categorizeJava(frame: StackFrame): FrameCategory | null {
  const { module, function: method } = frame
  if (module === null) return null
  let category = categorizeModule(module)
  if (category === null) return null
  if (category === 'ui' && (method === 'handleMessage' || method === 'run')) category = 'indirection'
  for (const [name, base] of JAVA_THREAD_BASES) {
    if (method === base && (name.endsWith('*') ? module.startsWith(name.slice(0, -1)) : module === name)) {
      return 'threadbase'
    }
  }
  if (method === 'getMethod' && module === 'java.lang.Class') return 'indirection'
  if (method !== null && method.startsWith('loadLibrary')) {
    if (module === 'java.lang.System' || module === 'java.lang.Runtime') return 'load'
  }
  return category
}

/** The same classes come with every event of a project. */
const MODULES_MAX = 5000
const categoryByModule = new Map<string, FrameCategory | null>()

function categorizeModule(module: string): FrameCategory | null {
  const known = categoryByModule.get(module)
  if (known !== undefined) return known
  let category: FrameCategory | null = null
  for (const [prefix, found] of JAVA_MODULES) if (module.startsWith(prefix)) category = found
  if (module.startsWith('androidx.') && module.includes('.widget.')) category = 'ui'
  if (categoryByModule.size >= MODULES_MAX) categoryByModule.clear()
  categoryByModule.set(module, category)
  return category
}

/** The name without its arguments, unless the SDK sent it so already. */
export function nameNative(frame: StackFrame, platform: string): string | null {
  if (frame.function === null || frame.rawFunction !== null) return frame.function
  return trimFunctionName(frame.function, platform, true)
}

const NATIVE_FUNCTIONS = new Map<string, FrameCategory>()
for (const [category, names] of [
  ['system', 'memset memcpy __memcpy memcmp'],
  [
    'threadbase',
    'wWinMain invoke_main BaseThreadInitThunk RtlUserThreadStart thread_start _pthread_start __pthread_start ' +
      '_pthread_body _dispatch_worker_thread2 start_wqthread _pthread_wqthread TppWorkerThread ' +
      'TppWorkpExecuteCallback RtlpTpWorkCallback',
  ],
  ['malloc', 'malloc malloc_base RtlpAllocateHeapInternal'],
  ['free', 'RtlFreeHeap RtlFreeUnicodeString std::_Deallocate free objc_release _swift_release_dealloc _CFRelease'],
  [
    'throw',
    'abort raise std::terminate RtlExitUserThread TppRaiseInvalidParameter _CxxThrowException RaiseException ' +
      'RaiseComPlusException _CFThrowFormattedException objc_exception_throw',
  ],
  ['shutdown', 'exit RtlExitUserProcess ExitProcessImplementation'],
  ['handler', 'RtlpExecuteHandlerForException _sigtramp DispatchHookW execute_onexit_table'],
  ['load', 'dlopen dladdr ImageLoaderMachO::findClosestSymbol'],
  ['lock', 'pthread_mutex_lock'],
  ['telemetry', 'gpusKillClientExt gpusGenerateCrashLog'],
  ['indirection', '__dynamic_cast _purecall'],
  [
    'internals',
    'closure Collection.map<T> Array.subscript.getter Array._getElement _ArrayBuffer._nativeTypeChecked.getter range ' +
      '@callee_guaranteed',
  ],
] as const) {
  for (const name of names.split(' ')) NATIVE_FUNCTIONS.set(name, category)
}

const NATIVE_PREFIXES: readonly [prefix: string, category: FrameCategory][] = [
  ['boost::', 'std'],
  ['std::', 'std'],
  ['art::jit::', 'runtime'],
  ['std::_', 'internals'],
  ['__swift_', 'internals'],
  ['block_destroy_helper', 'internals'],
  ['-[NSISEngine', 'ui'],
  ['boost::function', 'indirection'],
  ['boost::_bi::', 'indirection'],
  ['Array.subscript.', 'indirection'],
  ['AG::precondition_failure', 'throw'],
  ['crashpad::', 'telemetry'],
  ['_INTERNAL', 'internals'],
]

/** Lower case. A name with a slash at its end is a folder. */
const NATIVE_PACKAGES: readonly [prefix: string, category: FrameCategory][] = [
  ['/system/library/frameworks/', 'system'],
  ['c:/windows/', 'system'],
  ['/usr/lib/', 'system'],
  ['/system/', 'system'],
  ['/vendor/', 'system'],
  ['/apex/com.android.', 'system'],
  ['libobjc', 'system'],
  ['libsystem', 'system'],
  ['linux-gate.so', 'system'],
  ['linux-vdso.so', 'system'],
  ['c:/windows/system32/driverstore/', 'driver'],
  ['c:/program files/nvidia corporation/', 'driver'],
  ['c:/windows/system32/opengl32.dll', 'gl'],
  ['/system/library/frameworks/opengl.framework/', 'gl'],
  ['/system/library/frameworks/opencl.framework/', 'gl'],
  ['/system/library/privateframeworks/gpusupport.framework/', 'gl'],
  ['c:/windows/system32/d3d', 'gl'],
  ['c:/windows/system32/dxgi.dll', 'gl'],
  ['audiotoolbox', 'av'],
]

const NATIVE_PACKAGE_NAMES = new Map<string, FrameCategory>([
  ['corefoundation', 'system'],
  ['foundation', 'system'],
  ['cfnetwork', 'system'],
  ['iokit', 'system'],
  ['quartzcore', 'system'],
  ['iomobileframebuffer', 'system'],
  ['libdispatch.dylib', 'system'],
  ['webkit', 'system'],
  ['uikit', 'ui'],
  ['uikitcore', 'ui'],
  ['swiftui', 'ui'],
  ['attributegraph', 'ui'],
  ['coreautolayout', 'ui'],
  ['graphicsservices', 'ui'],
  ['opengles', 'gl'],
  ['glengine', 'gl'],
  ['agxgldriver', 'driver'],
])

/** @param name the function's name as `nameNative` gives it. */
export function categorizeNative(frame: StackFrame, name: string | null): FrameCategory | null {
  let category: FrameCategory | null = null
  const package_ = frame.package?.replaceAll('\\', '/').toLowerCase() ?? ''
  if (package_ !== '') {
    for (const [prefix, found] of NATIVE_PACKAGES) if (package_.startsWith(prefix)) category = found
    category = NATIVE_PACKAGE_NAMES.get(package_) ?? category
    if (package_.endsWith('/libart.so')) category = 'system'
    if (package_.endsWith('libsystem_malloc.dylib')) category = 'malloc'
    // One folder for each vendor's drivers: `AMDRadeonX5000GLDriver.bundle`.
    if (package_.startsWith('/system/library/extensions/') && package_.includes('gldriver')) category = 'driver'
  }
  if (name === null) return category
  for (const [prefix, found] of NATIVE_PREFIXES) if (name.startsWith(prefix)) category = found
  if (name.startsWith('std::__1::')) category = isInnerStd(name) ? 'internals' : 'std'
  if (name.includes('_block_invoke') && !frame.inApp) category = 'internals'
  if (name === 'UIApplicationMain' && package_.startsWith('uikit')) category = 'threadbase'
  if (name === 'start' && (package_ === 'libdyld.dylib' || package_.startsWith('/usr/lib/system/')))
    category = 'threadbase'
  if (name.includes('::operator()') || name.includes('<lambda>')) category = 'indirection'
  if (name.endsWith('::{dtor}') || name.includes("destructor'")) category = 'dtor'
  category = NATIVE_FUNCTIONS.get(name) ?? category
  if (name.endsWith('.cold.1')) category = 'indirection'
  if (name.endsWith('::thread_proxy')) category = 'threadbase'
  if (category === 'system' && (name.startsWith('_') || name === '<unknown>')) {
    return 'internals'
  }
  return category
}

/** In Clang's standard library every name begins with `std::__1::`: of its own workings the next one has underscores. */
function isInnerStd(name: string): boolean {
  return name.includes('::__', 8) || name.includes('~')
}
