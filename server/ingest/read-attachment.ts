// From an `attachment` item to what is stored. Name and content type are whatever a client wrote: a name loses its path and
// what cannot be shown, and a content type that is none is guessed from the name.

import { createHash, hash } from 'node:crypto'
import type { Json } from '../domain/event.ts'
import { AppError } from '../errors.ts'
import { cleanText, parseEventJson } from './parse-json.ts'
import type { EnvelopeItem } from './parse-envelope.ts'

export interface ReceivedAttachment {
  projectId: number
  eventId: string
  receivedAtMs: number
  /** Made from event, name and content, so that what is sent twice is stored once. */
  id: string
  type: string
  name: string
  contentType: string
  sha1: string
  payload: Buffer
}

const NAME_CHARS_MAX = 200
const UNNAMED = 'unnamed'
const DEFAULT_TYPE = 'event.attachment'
const BINARY = 'application/octet-stream'
const TYPES: ReadonlySet<string> = new Set([
  DEFAULT_TYPE,
  'event.minidump',
  'event.applecrashreport',
  'event.view_hierarchy',
  'event.payload',
  'event.breadcrumbs',
  'unreal.context',
  'unreal.logs',
])
const REFERENCE = /^application\/vnd\.sentry\.attachment-ref(?:\+json)?$/i
const CONTENT_TYPE = /^[\w!#$&^.+-]{1,100}\/[\w!#$&^.+-]{1,100}$/
const CONTENT_TYPES: ReadonlyMap<string, string> = new Map([
  ['csv', 'text/csv'],
  ['gif', 'image/gif'],
  ['ini', 'text/plain'],
  ['jpeg', 'image/jpeg'],
  ['jpg', 'image/jpeg'],
  ['json', 'application/json'],
  ['log', 'text/plain'],
  ['md', 'text/plain'],
  ['png', 'image/png'],
  ['txt', 'text/plain'],
  ['webp', 'image/webp'],
  ['xml', 'text/xml'],
])

export function readAttachment(
  { header, payload }: EnvelopeItem,
  { projectId, eventId, receivedAtMs }: Pick<ReceivedAttachment, 'projectId' | 'eventId' | 'receivedAtMs'>,
): ReceivedAttachment {
  const name = cleanFileName(header['filename'])
  const sha1 = createHash('sha1').update(payload).digest('hex')
  return {
    projectId,
    eventId,
    receivedAtMs,
    id: hash('md5', `${eventId}\0${name}\0${sha1}`),
    type: readType(header),
    name,
    contentType: readContentType(header['content_type'], name),
    sha1,
    payload,
  }
}

interface AttachmentReference {
  /** Of the upload. */
  id: string
  type: string
  name: string
  contentType: string
}

/**
 * Sentry's placeholder for a file that was uploaded before: `{"location": "/api/1/upload/<id>/?...", "content_type": "..."}`.
 * @returns null for a file that is in the item itself. @throws AppError INVALID for one that names no upload.
 */
export function readReference({ header, payload }: EnvelopeItem): AttachmentReference | null {
  const contentType = header['content_type']
  if (typeof contentType !== 'string' || !REFERENCE.test(contentType)) return null
  const { location, content_type: fileType } = parseEventJson(payload)
  const id = typeof location === 'string' ? /\/upload\/([0-9a-f]{32})\/?(?:\?|$)/.exec(location)?.[1] : undefined
  if (id === undefined) throw new AppError('INVALID', 'The placeholder of a file names no upload.')
  const name = cleanFileName(header['filename'])
  return { id, type: readType(header), name, contentType: readContentType(fileType, name) }
}

function readType({ attachment_type: type }: EnvelopeItem['header']): string {
  return typeof type === 'string' && TYPES.has(type) ? type : DEFAULT_TYPE
}

/** @returns the last part of what may be a path on any system, without control and direction characters. */
export function cleanFileName(value: Json | undefined): string {
  if (typeof value !== 'string') return UNNAMED
  const parts = cleanText(value.slice(-4096)).split(/[/\\]/)
  const name = (parts.at(-1) ?? '').replaceAll(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '').trim()
  if (name === '' || name === '.' || name === '..') return UNNAMED
  // The end tells what a file is.
  return [...name].slice(-NAME_CHARS_MAX).join('')
}

export function readContentType(value: Json | undefined, name: string): string {
  const type = typeof value === 'string' ? (value.slice(0, 300).split(';', 1)[0] ?? '').trim().toLowerCase() : ''
  if (CONTENT_TYPE.test(type) && type !== BINARY) return type
  const dot = name.lastIndexOf('.')
  return CONTENT_TYPES.get(name.slice(dot + 1).toLowerCase()) ?? BINARY
}
