// What of a frame counts, platform by platform, and which frames count at all.

import { describe, expect, it } from 'vitest'
import type { GroupedEvent, Json, JsonObject } from '../../../server/domain/event.ts'
import { groupEvent } from '../../../server/ingest/grouping/group-event.ts'
import { trimFunctionName } from '../../../server/ingest/grouping/trim-function-name.ts'
import { normalizeEvent } from '../../../server/ingest/normalize.ts'

function group(platform: string, frames: Json[]): GroupedEvent {
  return groupEvent(
    normalizeEvent(
      { platform, stacktrace: { frames: structuredClone(frames) } },
      {
        receivedAtMs: Date.parse('2026-11-22T12:00:00Z'),
        eventId: null,
        clockDriftMs: 0,
        clientIp: null,
        userAgent: null,
        sdkFallback: null,
      },
    ),
  )
}

function leavesOf(platform: string, ...frames: JsonObject[]): string[] {
  return group(platform, frames).grouping.parts.map(({ value }) => value)
}

describe('in JavaScript', () => {
  it('the file of a script from the web does not count, since every build renames it', () => {
    expect(
      leavesOf('javascript', { function: 'f', filename: 'https://a/app.1f2e.js' }, { function: 'g', filename: 'a.js' }),
    ).toEqual(['f', 'a.js', 'g'])
    for (const path of ['blob:http://a/1', 'applewebdata://1']) {
      expect(leavesOf('javascript', { function: 'f', abs_path: path, filename: 'x.js' })).toEqual(['f'])
    }
    expect(leavesOf('javascript', { function: 'f', abs_path: 'file:///app/x.js', filename: 'x.js' })).toEqual([
      'x.js',
      'f',
    ])
  })

  it('a module counts unless it is only the path again', () => {
    const frame = { function: 'f', module: 'src/app', abs_path: 'http://a/src/app', filename: 'app.js' }
    expect(leavesOf('javascript', frame)).toEqual(['f'])
    expect(leavesOf('javascript', { ...frame, abs_path: 'http://a/x.js' })).toEqual(['src/app', 'f'])
  })

  it('functions count without the object before them', () => {
    expect(leavesOf('javascript', { function: 'Object.run', filename: 'a.js' })).toEqual(['a.js', 'run'])
    expect(leavesOf('node', { function: 'Foo.bar.baz', filename: 'a.js' })).toEqual(['a.js', 'baz'])
  })

  it.each(['?', '<anonymous>', 'Anonymous function', 'foo/<', 'e.<anonymous>'])('%s is no function', (name) => {
    const outer = { function: 'run', filename: 'b.js' }
    expect(leavesOf('javascript', outer, { function: name, filename: 'a.js' })).toEqual(['b.js', 'run', 'a.js'])
  })

  it.each<[string, JsonObject]>([
    ['eval', { function: 'eval', filename: 'a.js' }],
    ['native code', { function: 'forEach', abs_path: '[native code]' }],
    ['nameless code', { function: 'f', abs_path: '<anonymous>', filename: 'a.js' }],
  ])('%s does not count', (_what, frame) => {
    expect(leavesOf('javascript', { function: 'f', filename: 'a.js' }, frame)).toEqual(['a.js', 'f'])
  })

  it('a line found through a source map counts instead of the function', () => {
    const frame = { function: 'a', filename: 'x.ts', context_line: 'run()', data: { sourcemap: 'x.map' } }
    expect(leavesOf('javascript', frame)).toEqual(['x.ts', 'run()'])
    expect(leavesOf('javascript', { ...frame, data: {} })).toEqual(['x.ts', 'a', 'run()'])
  })

  it.each(['http://a/page', '/srv/shop/start.js', 'app:///main.js'])(
    'a lone nameless frame of %s does not count',
    (path) => {
      const frame = { filename: path, lineno: 1, context_line: 'x()' }
      expect(group('javascript', [frame]).grouping.strategy).toBe('fallback')
      expect(leavesOf('javascript', frame, { ...frame, function: 'pay' }).at(-2)).toBe('pay')
      expect(group('python', [frame]).grouping.strategy).not.toBe('fallback')
    },
  )
})

describe('in Java', () => {
  it.each([
    ['com.example.A$$Lambda$14/0x1', []],
    ['sun.reflect.GeneratedMethodAccessor12', ['sun.reflect.GeneratedMethodAccessor']],
    ['jdk.internal.reflect.GeneratedMethodAccessor3', ['jdk.internal.reflect.GeneratedMethodAccessor']],
    ['sun.reflect.GeneratedConstructorAccessor7', ['sun.reflect.GeneratedConstructorAccessor<auto>']],
    ['a.B$$EnhancerBySpringCGLIB$$1a2b3c', ['a.B$$EnhancerBySpringCGLIB$$<auto>']],
    ['a.B_$$_javassist_seam_74', ['a.B_$$_javassist<auto>']],
    ['a.core$fn__1234', ['a.core$fn__<auto>']],
    ['a.B$$EnhancerByGuice$$ae46b1bf', ['a.B$$EnhancerByGuice$$<auto>']],
    ['a.B$HibernateProxy$oRWxjAWT', ['a.B$HibernateProxy$<auto>']],
    ['com.example.Plain', ['com.example.Plain']],
  ])('the module %s gives %j', (module, expected) => {
    expect(leavesOf('java', { module, function: 'lambda$x$0' })).toEqual(expected)
  })

  it('frameworks are not the program, and what starts threads does not count', () => {
    const event = group('java', [
      { module: 'java.lang.Thread', function: 'run', in_app: false },
      { module: 'java.util.concurrent.ThreadPoolExecutor', function: 'runWorker', in_app: false },
      { module: 'org.springframework.web.Filter', function: 'doFilter', in_app: true },
      { module: 'com.example.Shop', function: 'pay', in_app: true },
    ])
    expect(event.stacktrace?.frames.map(({ inApp }) => inApp)).toEqual([false, false, false, true])
    const libraries = leavesOf(
      'java',
      { module: 'java.lang.Thread', function: 'run' },
      { module: 'java.util.concurrent.ThreadPoolExecutor', function: 'runWorker' },
      { module: 'io.sentry.Hub', function: 'capture' },
      { module: 'org.apache.Tomcat', function: 'serve' },
    )
    expect(libraries).toEqual(['org.apache.Tomcat', 'serve'])
  })
})

describe('in other languages', () => {
  it.each([
    ['ruby', 'block in run', 'block'],
    ['ruby', 'block (2 levels) in run', 'block'],
    ['ruby', '_app_views_home_index_html_erb__3321_7654', '_app_views_home_index_html_erb'],
    ['php', 'class@anonymous\ufffd/app/x.php:7$0::handle', 'handle'],
    ['php', 'App\\Shop::pay', 'App\\Shop::pay'],
    ['csharp', 'Shop.Pay (System.Int32 amount)', 'Shop.Pay'],
    ['python', 'Shop.pay', 'Shop.pay'],
  ])('%s: the function %j counts as %j', (platform, name, expected) => {
    expect(leavesOf(platform, { function: name, module: 'm' })).toEqual(['m', expected])
  })

  it.each([
    ['php', '[Anonymous function]'],
    ['php', 'class@anonymous\ufffd/app/x.php:7$0'],
    ['native', '<redacted>'],
    ['cocoa', '<unknown>'],
  ])('%s: %j is no function', (platform, name) => {
    expect(leavesOf(platform, { function: name, filename: 'x' })).toEqual(['x'])
  })

  it("of a frame's own platform goes before that of the event", () => {
    expect(leavesOf('javascript', { platform: 'python', function: 'a.b', module: 'm' })).toEqual(['m', 'a.b'])
  })
})

describe('the names of native functions', () => {
  it.each([
    ['std::vector<int, std::allocator<int>>::push_back(int const&)', 'std::vector<T>::push_back'],
    ['void foo::bar<int>(int, char const*) const', 'foo::bar<T>'],
    ['core::ops::function::FnOnce::call_once::h0123456789abcdef', 'core::ops::function::FnOnce::call_once'],
    ['<Foo as Bar>::baz', 'Foo::baz'],
    ['-[Shop pay:with:]', '-[Shop pay:with:]'],
    ['memcpy@GLIBC_2.14', 'memcpy'],
    ['_handler@12', '_handler'],
    ['(anonymous namespace)::run(int)', '(anonymous namespace)::run'],
    ['Foo::operator()(int) const', 'Foo::operator()'],
    ['std::ostream& operator<<(std::ostream&, int)', 'operator<<'],
    ['main::{lambda(int)#1}::operator()', 'main::lambda::operator()'],
    ['static Shop.pay(Swift.Int) -> Swift.Bool', 'Shop.pay'],
    ['closure #1 in Shop.pay()', 'closure in Shop.pay'],
    [
      'closure #1 () -> () in variable initialization expression of static Shop.Cart.items : Shop.Item',
      'closure in initializer expression of Shop.Cart.items',
    ],
    [`Cart_Pay_m${'0A'.repeat(20)}(int, MethodInfo const*)`, 'Cart_Pay'],
    [`List_1_Add_m${'0A'.repeat(20)}_gshared`, 'List_1_Add_gshared'],
    [`Cart_Pay_m${'0A'.repeat(20)}_RuntimeMethod_var`, `Cart_Pay_m${'0A'.repeat(20)}_RuntimeMethod_var`],
    ['foo [clone .isra.0]', 'foo'],
    ['plain_name', 'plain_name'],
    ['<redacted>', '<redacted>'],
    ['(((', '((('],
  ])('%s is %s', (name, expected) => {
    expect(trimFunctionName(name, 'native', true)).toBe(expected)
  })
})

describe('the rules', () => {
  it.each([
    ['node', { filename: '/app/node_modules/express/index.js' }],
    ['python', { filename: '/venv/lib/python3.12/site-packages/django/x.py' }],
    ['python', { filename: '/usr/lib/python3/dist-packages/x.py' }],
    ['php', { filename: '/app/vendor/symfony/x.php' }],
    ['php', { filename: 'vendor/symfony/x.php' }],
    ['go', { abs_path: '/root/go/pkg/mod/github.com/x/y.go' }],
    ['ruby', { abs_path: '/usr/local/lib/ruby/x.rb' }],
    ['javascript', { abs_path: 'https://unpkg.com/react' }],
    ['javascript', { abs_path: 'https://cdn.jsdelivr.net/npm/x' }],
    ['javascript', { module: 'home/ada/sdk/packages/flutter/lib/src/widgets/framework' }],
    ['node', { filename: 'C:\\app\\Node_Modules\\x.js' }],
    ['native', { function: 'std::rt::begin', package: '/app/shop' }],
  ])('%s: %j is not the program, whatever the SDK says', (platform, frame) => {
    const event = group(platform, [{ function: 'f', in_app: true, ...frame }])
    expect(event.stacktrace?.frames[0]?.inApp).toBe(false)
  })

  it.each([
    ['python', { filename: '/srv/vendors/x.py' }],
    ['node', { filename: '/app/my_node_modules/x.js' }],
    ['javascript', { abs_path: 'https://shop.example.com/unpkg.com' }],
    ['javascript', { module: 'shop/packages/flutter_cart/lib/main' }],
    ['native', { function: 'shop_pay', package: '/app/shop' }],
  ])('%s: %j is the program when the SDK says so', (platform, frame) => {
    const event = group(platform, [{ function: 'f', in_app: true, ...frame }])
    expect(event.stacktrace?.frames[0]?.inApp).toBe(true)
  })

  it('make the parts of app bundles the program', () => {
    const event = group('cocoa', [
      { function: 'f', package: '/private/var/containers/Bundle/Application/1/Shop.app/Shop' },
    ])
    expect(event.stacktrace?.frames[0]?.inApp).toBe(true)
  })

  it('do not count how Node begins its turns, nor what transpilers add', () => {
    expect(
      leavesOf(
        'node',
        { function: 'processTicksAndRejections', module: 'node:internal.process.task_queues' },
        { function: 'step', module: '@babel/runtime/helpers' },
        { function: 'run', module: 'app' },
      ),
    ).toEqual(['app', 'run'])
  })

  it('do not count the machinery of throwing, nor what called main', () => {
    expect(
      leavesOf(
        'native',
        { function: '_pthread_start' },
        { function: 'pay' },
        { function: '__cxa_throw' },
        { function: 'abort' },
      ),
    ).toEqual(['pay'])
  })

  it('count the first of several calls within the standard library', () => {
    expect(
      leavesOf(
        'java',
        { module: 'java.util.ArrayList', function: 'get' },
        { module: 'java.util.Objects', function: 'check' },
        { module: 'java.util.Objects', function: 'fail' },
      ),
    ).toEqual(['java.util.ArrayList', 'get'])
  })

  const GL = { package: '/System/Library/Frameworks/OpenGL.framework/Versions/A/Libraries/libGL.dylib' }
  const SUPPORT = { package: '/System/Library/PrivateFrameworks/GPUSupport.framework/Libraries/libGPU.dylib' }
  const DRIVER = { package: '/System/Library/Extensions/AcmeX9GLDriver.bundle/Contents/MacOS/AcmeX9GLDriver' }
  const D3D = { package: 'C:\\Windows\\System32\\d3d12.dll' }
  const D3D_DRIVER = { package: 'C:\\Windows\\System32\\DriverStore\\FileRepository\\acme.inf_1\\acme.dll' }

  it('count of a graphics library and its driver the first call, and the one that reports a hang', () => {
    const draw = { function: 'Shop::draw', package: '/opt/shop/bin/shop' }
    const library = [draw, { function: 'glFlush', ...GL }, { function: 'glFlush_Exec', ...GL }]
    expect(leavesOf('native', ...library, { function: 'acmeSubmit', ...DRIVER })).toEqual(['Shop::draw', 'glFlush'])
    // Which model it is makes no difference.
    expect(leavesOf('native', ...library, { function: 'acmeSubmitFast', ...DRIVER })).toEqual(['Shop::draw', 'glFlush'])
    const hang = [
      { function: 'acmeSubmit', ...DRIVER },
      { function: 'gpusSubmit', ...SUPPORT },
      { function: 'gpusGenerateCrashLog', ...SUPPORT },
      { function: 'abort', package: '/usr/lib/system/libsystem_c.dylib' },
    ]
    expect(leavesOf('native', ...library, ...hang)).toEqual(['Shop::draw', 'glFlush', 'gpusSubmit'])
    expect(
      leavesOf(
        'native',
        draw,
        { function: 'Device::destroy', ...D3D },
        { function: 'Context::destroy', ...D3D },
        { function: 'OpenAdapter', ...D3D_DRIVER },
      ),
    ).toEqual(['Shop::draw', 'Device::destroy'])
  })

  it('count what Clang’s standard library offers, and not how it does it', () => {
    const inner = [
      { function: 'std::__1::vector<T>::__push_back_slow_path<T>' },
      { function: 'std::__1::__vector_base<T>::clear' },
      { function: 'std::__1::vector<T>::~vector' },
    ]
    for (const frame of inner) expect(leavesOf('native', { function: 'pay' }, frame)).toEqual(['pay'])
    const push = { function: 'std::__1::vector<T>::push_back' }
    expect(leavesOf('native', { function: 'pay' }, push)).toEqual(['pay', 'std::__1::vector<T>::push_back'])
    expect(leavesOf('native', { function: 'pay' }, push, { function: 'std::__1::vector<T>::at' })).toEqual([
      'pay',
      'std::__1::vector<T>::push_back',
    ])
  })

  it('count destructors that the compiler makes, but not calls of what was never written', () => {
    const made = { function: "Cart::`scalar deleting destructor'(unsigned int)" }
    expect(leavesOf('native', { function: 'pay' }, made)).toEqual(['pay', "destructor'"])
    expect(leavesOf('native', { function: 'pay' }, { function: '_purecall' })).toEqual(['pay'])
  })

  it('do not count what started a thread of Boost', () => {
    const thread = [{ function: 'boost::thread::start' }, { function: 'boost::(anonymous namespace)::thread_proxy' }]
    expect(leavesOf('native', ...thread, { function: 'pay' })).toEqual(['pay'])
  })

  it('know the allocator by its file’s name, with or without the folder', () => {
    for (const folder of ['', '/usr/lib/system/']) {
      const malloc = { package: `${folder}libsystem_malloc.dylib` }
      expect(
        leavesOf(
          'cocoa',
          { function: 'pay' },
          { function: 'free', ...malloc },
          { function: 'malloc_report', ...malloc },
          { function: 'malloc_vreport', ...malloc },
        ),
      ).toEqual(['pay', 'free', 'malloc_report'])
    }
  })
})
