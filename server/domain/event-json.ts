// How an event is kept: as JSON in which a stack frame is a list of its values in a fixed order, cut after the last that is
// there. Most of an event are frames, and most of a frame is absent; with its names written out each time, the JSON is
// half as long again, and takes longer to write than the event took to read.

import type { GroupedEvent, StackFrame, Stacktrace } from './event.ts'

/** Frames that were kept before this form was are objects. */
type KeptFrame = unknown[] | StackFrame

/** @returns one line. */
export function writeEventJson(event: GroupedEvent): string {
  return JSON.stringify(withTraces(event, packFrames))
}

/** What of an event's line is the same for each that has the same exceptions: its end, which `writeOwnJson` begins. */
export function writeProblemJson({ exceptions, grouping }: Pick<GroupedEvent, 'exceptions' | 'grouping'>): string {
  return JSON.stringify({ exceptions: withTracesOf(exceptions, packFrames), grouping }).replace('{', ',')
}

/** @returns the line of an event up to what `writeProblemJson` makes. It has no stack trace but those of its exceptions. */
export function writeOwnJson(event: GroupedEvent): string {
  const { exceptions: _exceptions, grouping: _grouping, ...own } = event
  return JSON.stringify(own).slice(0, -1)
}

function packFrames(frames: StackFrame[]): unknown[] {
  return frames.map(packFrame)
}

/** @throws SyntaxError for what `writeEventJson` did not make. */
export function readEventJson(json: string): GroupedEvent {
  return withTraces(JSON.parse(json) as GroupedEvent, (frames) => frames.map(unpackFrame))
}

function packFrame(frame: StackFrame): unknown[] {
  const values = [
    frame.filename,
    frame.absPath,
    frame.lineno,
    frame.colno,
    frame.inApp,
    frame.function,
    frame.module,
    frame.contextLine,
    frame.preContext.length === 0 ? null : frame.preContext,
    frame.postContext.length === 0 ? null : frame.postContext,
    frame.vars,
    frame.rawFunction,
    frame.package,
    frame.platform,
    frame.data,
    frame.instructionAddr,
  ]
  let length = values.length
  while (values[length - 1] === null) length -= 1
  values.length = length
  return values
}

function unpackFrame(kept: KeptFrame): StackFrame {
  if (!Array.isArray(kept)) return kept
  // What was cut off is undefined here.
  const [filename, absPath, lineno, colno, inApp, name, module, contextLine, pre, post, ...others] = kept as never[]
  const [vars, rawFunction, packageName, platform, data, instructionAddr] = others
  return {
    function: name ?? null,
    rawFunction: rawFunction ?? null,
    module: module ?? null,
    package: packageName ?? null,
    filename: filename ?? null,
    absPath: absPath ?? null,
    lineno: lineno ?? null,
    colno: colno ?? null,
    platform: platform ?? null,
    inApp: inApp ?? false,
    preContext: pre ?? [],
    contextLine: contextLine ?? null,
    postContext: post ?? [],
    vars: vars ?? null,
    data: data ?? null,
    instructionAddr: instructionAddr ?? null,
  }
}

type ChangeFrames = (frames: StackFrame[]) => unknown[]

/** A copy of the event in which every stack trace has other frames. */
function withTraces(event: GroupedEvent, change: ChangeFrames): GroupedEvent {
  return {
    ...event,
    exceptions: withTracesOf(event.exceptions, change),
    stacktrace: withFrames(event.stacktrace, change),
    threads: withTracesOf(event.threads, change),
  }
}

function withTracesOf<Holder extends { stacktrace: Stacktrace | null }>(
  holders: readonly Holder[],
  change: ChangeFrames,
): Holder[] {
  return holders.map((holder) => ({ ...holder, stacktrace: withFrames(holder.stacktrace, change) }))
}

function withFrames(trace: Stacktrace | null, change: ChangeFrames): Stacktrace | null {
  return trace && { ...trace, frames: change(trace.frames) as StackFrame[] }
}
