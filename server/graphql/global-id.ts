// Global ids: base64url of `<type>:<key>`, opaque to clients. An issue's key holds its project, an event's its project
// and day, so that whatever gets an id knows which tracker and which partition to ask.

import type { EventKey } from '../domain/tracker.ts'
import { AppError } from '../errors.ts'
import type { MonitorKey } from './read-monitors.ts'

const ID_LENGTH_MAX = 200
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const DECIMAL = /^[1-9]\d{0,9}$/
const SERIAL_MAX = 2_147_483_647

export interface IssueKey {
  projectId: number
  issueId: string
}

export function encodeGlobalId(typename: string, key: string): string {
  return Buffer.from(`${typename}:${key}`).toString('base64url')
}

/** @returns null for what is not one of our ids. */
export function decodeGlobalId(globalId: string): { typename: string; id: string } | null {
  if (globalId.length > ID_LENGTH_MAX) return null
  const text = Buffer.from(globalId, 'base64url').toString()
  const colon = text.indexOf(':')
  return colon < 1 ? null : { typename: text.slice(0, colon), id: text.slice(colon + 1) }
}

/** Of what has one as its key: PostgreSQL takes nothing else for it. */
export function isUuid(key: string): boolean {
  return UUID.test(key)
}

/** @returns the number after `Project:`, `ClientKey:`, ..., or null. */
export function parseSerial(key: string): number | null {
  if (!DECIMAL.test(key)) return null
  const number = Number(key)
  return number <= SERIAL_MAX ? number : null
}

export function formatIssueKey(issue: { projectId: number; id: string }): string {
  return `${issue.projectId}.${issue.id}`
}

export function parseIssueKey(key: string): IssueKey | null {
  const dot = key.indexOf('.')
  const projectId = parseSerial(key.slice(0, Math.max(dot, 0)))
  const issueId = key.slice(dot + 1)
  return projectId === null || issueId === '' ? null : { projectId, issueId }
}

export function formatMonitorKey({ projectId, id }: { projectId: number; id: string }): string {
  return `${projectId}.${id}`
}

export function parseMonitorKey(key: string): MonitorKey | null {
  const [project = '', monitorId = '', ...rest] = key.split('.')
  const projectId = parseSerial(project)
  return projectId !== null && rest.length === 0 && UUID.test(monitorId) ? { projectId, monitorId } : null
}

export function formatEventKey(key: EventKey): string {
  return `${key.projectId}.${key.day}.${key.eventId}`
}

export function parseEventKey(key: string): EventKey | null {
  const [project = '', day = '', eventId = '', ...rest] = key.split('.')
  const projectId = parseSerial(project)
  if (projectId === null || rest.length > 0 || !/^[0-9a-f]{32}$/.test(eventId)) return null
  return isDay(day) ? { projectId, day, eventId } : null
}

function isDay(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false
  const time = Date.parse(text)
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text)
}

/** An argument that must be the id of a `typename`; what is not one belongs to nothing. */
export function requireKey(globalId: string, typename: string): string {
  const decoded = decodeGlobalId(globalId)
  if (decoded?.typename !== typename) throw new AppError('NOT_FOUND', `There is no ${typename} with this id.`)
  return decoded.id
}

/** The same, where the key is a number: 0, which nothing has, where it is none. */
export function requireSerial(globalId: string, typename: string): number {
  return parseSerial(requireKey(globalId, typename)) ?? 0
}
