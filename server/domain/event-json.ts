// How an event is kept: as JSON in which a stack frame is a list of its values in a fixed order, cut after the last that is
// there. Most of an event are frames, and most of a frame is absent; with its names written out each time, the JSON is
// half as long again, and takes longer to write than the event took to read.

import type { GroupedEvent, StackFrame, Stacktrace } from './event.ts'

/** Frames that were kept before this form was are objects. */
type KeptFrame = unknown[] | StackFrame

/** @returns one line. */
export function writeEventJson(event: GroupedEvent): string {
  return JSON.stringify(withTraces(event, (frames) => frames.map(packFrame)))
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

/** A copy of the event in which every stack trace has other frames. */
function withTraces(event: GroupedEvent, change: (frames: StackFrame[]) => unknown[]): GroupedEvent {
  const changeTrace = (trace: Stacktrace | null): Stacktrace | null =>
    trace && { ...trace, frames: change(trace.frames) as StackFrame[] }
  return {
    ...event,
    exceptions: event.exceptions.map((exception) => ({
      ...exception,
      stacktrace: changeTrace(exception.stacktrace),
    })),
    stacktrace: changeTrace(event.stacktrace),
    threads: event.threads.map((thread) => ({ ...thread, stacktrace: changeTrace(thread.stacktrace) })),
  }
}
