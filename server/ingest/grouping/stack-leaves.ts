// The leaves of a stack trace, twice: of the program's own frames, and of all frames. Which of the two counts is decided
// over all stack traces of an event.

import type { StackFrame, Stacktrace } from '../../domain/event.ts'
import { applyStackRules } from './apply-stack-rules.ts'
import { addFrameLeaves } from './frame-leaves.ts'
import { Leaves } from './leaves.ts'
import { familyOf } from './platform-family.ts'

export interface StackLeaves {
  inApp: Leaves
  all: Leaves
}

/** Also settles `inApp` of each frame by the stack rules. */
export function collectStackLeaves(stacktrace: Stacktrace, eventPlatform: string): StackLeaves {
  const { frames } = stacktrace
  const excluded = applyStackRules(frames, eventPlatform)
  const inApp = new Leaves()
  const all = new Leaves()
  let previous: StackFrame | null = null
  for (let i = 0; i < frames.length; i++) {
    const frame = frames[i] as StackFrame
    const isRecursion: boolean = previous !== null && isSameCall(frame, previous)
    previous = frame
    if (isRecursion || excluded?.[i] === true) continue
    const platform = frame.platform ?? eventPlatform
    const family = familyOf(platform)
    // A lone nameless frame says nothing but which page or file it was.
    if (frames.length === 1 && family === 'javascript' && frame.function === null) continue
    const from = all.values.length
    addFrameLeaves(all, frame, platform, family)
    if (!frame.inApp) continue
    for (let leaf = from; leaf < all.values.length; leaf++) {
      inApp.add(all.labels[leaf] as string, all.values[leaf] as string)
    }
  }
  return { inApp, all }
}

function isSameCall(a: StackFrame, b: StackFrame): boolean {
  return (
    a.lineno === b.lineno &&
    a.function === b.function &&
    a.colno === b.colno &&
    a.module === b.module &&
    a.filename === b.filename &&
    a.absPath === b.absPath &&
    a.package === b.package
  )
}
