// How releases do: sessions and people, and the rates that are made of them.

import type { FrequencyPeriod } from './issue.ts'

/** Sessions by how they ended. */
export interface SessionCounts {
  /** Those that were started. */
  sessions: bigint
  /** With an error or a bad end, crashed, abnormal and unhandled ones included. */
  allErrored: bigint
  crashed: bigint
  abnormal: bigint
  unhandled: bigint
}

export interface SessionPoint extends SessionCounts {
  /** Of the hour or UTC day. */
  at: Date
}

/** Of a release or of all, in a period. */
export interface SessionSummary extends SessionCounts {
  /** Every hour or day of the period, the current one last. */
  points: SessionPoint[]
}

/** Of a release in an environment. */
export interface ReleaseSummary extends SessionSummary {
  users: bigint
  erroredUsers: bigint
  crashedUsers: bigint
  abnormalUsers: bigint
  anrUsers: bigint
  /** Sessions that exited and told how long they took, and how long that was in all. */
  timed: bigint
  durationMs: bigint
}

/** A release in an environment, of which sessions or events came. */
export interface Release {
  projectId: number
  id: number
  /** Empty: all names beyond those that an hour may bring. */
  version: string
  /** null: none. */
  environment: string | null
  firstSeenAt: Date
  lastSeenAt: Date
  /** What its counts are about. */
  period: FrequencyPeriod
}

/** Errors without a bad end. */
export function countErrored({ allErrored, crashed, abnormal, unhandled }: SessionCounts): bigint {
  return atLeastNone(allErrored - crashed - abnormal - unhandled)
}

export function countHealthy({ sessions, allErrored }: SessionCounts): bigint {
  return atLeastNone(sessions - allErrored)
}

/** The share of `part` in `whole`, from 0 to 1; null where there is no whole. A part may be known of whose whole is not. */
export function computeShare(part: bigint, whole: bigint): number | null {
  return whole <= 0n ? null : Math.min(Number(part) / Number(whole), 1)
}

/** 1 - crashed / all; null where there are none. */
export function computeCrashFree(crashed: bigint, all: bigint): number | null {
  const share = computeShare(crashed, all)
  // As a quotient: 1 - 0.1 is not 0.9.
  return share === null ? null : Number(atLeastNone(all - crashed)) / Number(all)
}

function atLeastNone(count: bigint): bigint {
  return count < 0n ? 0n : count
}
