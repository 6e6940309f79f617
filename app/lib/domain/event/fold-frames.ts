// A stack as people read it: the application's own calls one by one, and runs of library calls folded into one line that
// names the library. Everything here comes from SDKs, so names are cut by splitting, never by patterns that could hang.

export interface FoldableFrame {
  function: string | null
  filename: string | null
  absPath: string | null
  module: string | null
  inApp: boolean
}

export type FrameRun<Frame> = { kind: 'frame'; frame: Frame; index: number } | FoldedRun<Frame>

interface FoldedRun<Frame> {
  kind: 'folded'
  frames: Frame[]
  index: number
  /** null when the frames do not say. */
  library: string | null
}

/** One library call alone takes no more room than the line that would fold it. */
const FOLD_FROM = 2

/** @param frames the innermost call first. `index` is the frame's place in them. */
export function foldFrames<Frame extends FoldableFrame>(frames: readonly Frame[]): FrameRun<Frame>[] {
  const runs: FrameRun<Frame>[] = []
  // Where nothing is the application's own, the innermost call is what there is to see.
  const openFirst = frames.length > 0 && !frames.some((frame) => frame.inApp)
  let index = 0
  while (index < frames.length) {
    const run = takeLibraryRun(frames, index, openFirst)
    if (run.length >= FOLD_FROM) {
      runs.push({ kind: 'folded', frames: run, index, library: nameMostFrequent(run) })
      index += run.length
    } else {
      const frame = frames[index]
      if (frame) runs.push({ kind: 'frame', frame, index })
      index += 1
    }
  }
  return runs
}

/** The places of the frames that stand open at first: the application's innermost run of calls, else the innermost call. */
export function listOpenFrames(frames: readonly FoldableFrame[]): Set<number> {
  const first = frames.findIndex((frame) => frame.inApp)
  if (first < 0) return new Set(frames.length > 0 ? [0] : [])
  const open = new Set<number>()
  for (let index = first; frames[index]?.inApp; index += 1) open.add(index)
  return open
}

function takeLibraryRun<Frame extends FoldableFrame>(
  frames: readonly Frame[],
  from: number,
  openFirst: boolean,
): Frame[] {
  if (openFirst && from === 0) return []
  const run: Frame[] = []
  for (let index = from; index < frames.length; index += 1) {
    const frame = frames[index]
    if (!frame || frame.inApp) break
    run.push(frame)
  }
  return run
}

function nameMostFrequent(frames: readonly FoldableFrame[]): string | null {
  const counts = new Map<string, number>()
  for (const frame of frames) {
    const library = nameLibrary(frame)
    if (library) counts.set(library, (counts.get(library) ?? 0) + 1)
  }
  return [...counts].toSorted((a, b) => b[1] - a[1])[0]?.[0] ?? null
}

/** Folders that hold libraries, and how many of the segments below name one. */
const LIBRARY_FOLDERS: [folder: string, segments: number][] = [
  ['site-packages', 1],
  ['dist-packages', 1],
  ['gems', 1],
  ['vendor', 2],
]

export function nameLibrary(frame: FoldableFrame): string | null {
  const path = (frame.absPath ?? frame.filename ?? '').replaceAll('\\', '/')
  const segments = path.split('/')
  const inModules = segments.lastIndexOf('node_modules')
  if (inModules >= 0) {
    const name = segments[inModules + 1]
    return name?.startsWith('@') ? segments.slice(inModules + 1, inModules + 3).join('/') : (name ?? null)
  }
  if (path.startsWith('node:')) return 'node'
  for (const [folder, count] of LIBRARY_FOLDERS) {
    const at = segments.lastIndexOf(folder)
    if (at >= 0 && at < segments.length - 1) return segments.slice(at + 1, at + 1 + count).join('/')
  }
  const module = frame.module
  if (!module) return null
  // Go says `github.com/gin-gonic/gin`, Java `org.springframework.web.servlet`, Python `django.core.handlers`.
  if (module.includes('/')) return module.split('/').slice(0, 3).join('/')
  const parts = module.split('.')
  return parts.length > 2 ? parts.slice(0, 2).join('.') : (parts[0] ?? null)
}
