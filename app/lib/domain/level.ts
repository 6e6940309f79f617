// Levels and statuses as the pages show them. A level has a letter as well as its colour, so that neither is needed to
// know it.

export type Level = 'DEBUG' | 'INFO' | 'WARNING' | 'ERROR' | 'FATAL'
export type IssueStatus = 'UNRESOLVED' | 'RESOLVED' | 'IGNORED'

export const LEVEL_NAMES: Record<Level, string> = {
  DEBUG: 'Debug',
  INFO: 'Info',
  WARNING: 'Warning',
  ERROR: 'Error',
  FATAL: 'Fatal',
}

export const STATUS_NAMES: Record<IssueStatus, string> = {
  UNRESOLVED: 'Unresolved',
  RESOLVED: 'Resolved',
  IGNORED: 'Ignored',
}
