import { describe, expect, it } from 'vitest'
import { foldFrames, listOpenFrames, nameLibrary } from '#lib/domain/event/fold-frames.ts'
import type { FoldableFrame } from '#lib/domain/event/fold-frames.ts'

function makeFrame(filename: string, inApp = false, module: string | null = null): FoldableFrame {
  return { function: 'call', filename, absPath: null, module, inApp }
}
const own = makeFrame('src/app.js', true)
const express = makeFrame('/srv/node_modules/express/lib/router.js')

describe('a stack trace', () => {
  it('folds runs of library frames into one line that names the library', () => {
    expect(foldFrames([own, express, express, express, own])).toEqual([
      { kind: 'frame', frame: own, index: 0 },
      { kind: 'folded', frames: [express, express, express], index: 1, library: 'express' },
      { kind: 'frame', frame: own, index: 4 },
    ])
  })

  it('shows a library frame that stands alone', () => {
    expect(foldFrames([own, express, own]).map((run) => run.kind)).toEqual(['frame', 'frame', 'frame'])
  })

  it('shows the innermost call where nothing is of the application', () => {
    expect(foldFrames([express, express, express]).map((run) => run.kind)).toEqual(['frame', 'folded'])
    expect([...listOpenFrames([express, express])]).toEqual([0])
  })

  it('names a mixed run by its most frequent library', () => {
    const run = foldFrames([makeFrame('node:net'), express, express])
    expect(run[1]).toMatchObject({ kind: 'folded', library: 'express' })
  })

  it('opens the innermost run of the application', () => {
    expect([...listOpenFrames([express, own, own, express, own])]).toEqual([1, 2])
    expect([...listOpenFrames([])]).toEqual([])
  })
})

describe('the library of a frame', () => {
  it.each([
    ['/app/node_modules/@scope/name/index.js', null, '@scope/name'],
    ['/app/node_modules/a/node_modules/b/index.js', null, 'b'],
    ['node:internal/process/task_queues', null, 'node'],
    ['/usr/lib/python3.13/site-packages/django/core/handlers.py', null, 'django'],
    ['/srv/vendor/symfony/http-kernel/HttpKernel.php', null, 'symfony/http-kernel'],
    ['C:\\app\\node_modules\\react\\index.js', null, 'react'],
    ['DispatcherServlet.java', 'org.springframework.web.servlet', 'org.springframework'],
    ['engine.go', 'github.com/gin-gonic/gin/render', 'github.com/gin-gonic/gin'],
    ['lib.c', null, null],
    ['node_modules', null, null],
  ])('%s in %s is %s', (filename, module, library) => {
    expect(nameLibrary(makeFrame(filename, false, module))).toBe(library)
  })
})
