/** How bad an event is, mildest first: the order in which levels compare. */
export const LEVELS = ['debug', 'info', 'warning', 'error', 'fatal'] as const

export type Level = (typeof LEVELS)[number]
