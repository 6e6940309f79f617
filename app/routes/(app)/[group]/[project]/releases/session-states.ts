// How sessions end, from the bottom of a bar to its top, and the colours of that.
export const SESSION_STATES = [
  { state: 'healthy', colour: '--bar' },
  { state: 'errored', colour: '--warning' },
  { state: 'unhandled', colour: '--error' },
  { state: 'abnormal', colour: '--info' },
  { state: 'crashed', colour: '--fatal' },
] as const
