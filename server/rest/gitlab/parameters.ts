// GitLab's API takes a parameter wherever it stands: in the query, in a form (urlencoded or multipart) or in a JSON body,
// which wins. Values are read as its parameter library, Grape, reads them, and refused in its words.

import { AppError } from '../../errors.ts'
import { badParameters } from './gitlab-error.ts'

export type Parameters = ReadonlyMap<string, unknown>

const TRUE = new Set(['true', 't', '1', 'on', 'yes', 'y'])
const FALSE = new Set(['false', 'f', '0', 'off', 'no', 'n'])

/** @throws GitlabError for a body that is not what it says it is. */
export async function readParameters(url: string, contentType: string, body: Buffer): Promise<Parameters> {
  const parameters = new Map<string, unknown>(new URLSearchParams(url.split('?', 2)[1] ?? ''))
  for (const [name, value] of await readBody(contentType, body)) parameters.set(name, value)
  return parameters
}

async function readBody(contentType: string, body: Buffer): Promise<Iterable<[string, unknown]>> {
  // curl with a content type and nothing to send, as in GitLab's own documentation.
  if (body.length === 0) return []
  if (/^application\/json\b/i.test(contentType)) return Object.entries(parseJson(body))
  if (!/^(application\/x-www-form-urlencoded|multipart\/form-data)\b/i.test(contentType)) return []
  try {
    const form = await new Response(Uint8Array.from(body), { headers: { 'content-type': contentType } }).formData()
    return [...form].map(([name, value]) => [name, typeof value === 'string' ? value : ''])
  } catch (cause) {
    throw new AppError('INVALID', 'The form in the body cannot be read.', { cause })
  }
}

function parseJson(body: Buffer): object {
  let json: unknown
  try {
    json = JSON.parse(body.toString('utf8'))
  } catch {
    json = null
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw badParameters(['the JSON in the body must be an object'])
  }
  return json
}

type BooleanRule = 'required' | 'required, not blank' | 'optional'

/**
 * @returns the values that are there, under their names.
 * @throws GitlabError 400 with every mistake: `active is missing, integrated is invalid`.
 */
export function readBooleans<Name extends string>(
  parameters: Parameters,
  rules: Record<Name, BooleanRule>,
): Partial<Record<Name, boolean>> {
  const mistakes: string[] = []
  const values: Partial<Record<Name, boolean>> = {}
  for (const [name, rule] of Object.entries(rules) as [Name, BooleanRule][]) {
    if (!parameters.has(name)) {
      if (rule !== 'optional') mistakes.push(`${name} is missing`)
      continue
    }
    const value = parameters.get(name)
    const text = String(value).trim().toLowerCase()
    if (value === null || text === '') {
      if (rule !== 'optional') mistakes.push(`${name} is empty`)
    } else if (typeof value !== 'object' && (TRUE.has(text) || FALSE.has(text))) values[name] = TRUE.has(text)
    else mistakes.push(`${name} is invalid`)
  }
  if (mistakes.length > 0) throw badParameters(mistakes)
  return values
}

/** @throws GitlabError 400 */
export function readInteger(parameters: Parameters, name: string, fallback: number): number {
  const value = parameters.get(name)
  if (value === undefined || value === null || value === '') return fallback
  const text = String(value).trim()
  if (!/^-?\d{1,9}$/.test(text)) throw badParameters([`${name} is invalid`])
  return Number(text)
}

/** @returns null where it is not given, or is no text. */
export function readText(parameters: Parameters, name: string): string | null {
  const value = parameters.get(name)
  return typeof value === 'string' && value !== '' ? value : null
}
