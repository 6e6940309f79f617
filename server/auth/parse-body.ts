import type { z } from 'zod'
import { AppError } from '../errors.ts'

/** @throws AppError INVALID, naming the fields that are missing or wrong. */
export function parseBody<Body>(schema: z.ZodType<Body>, body: unknown): Body {
  const parsed = schema.safeParse(body)
  if (parsed.success) return parsed.data
  const fields = parsed.error.issues.map((issue) => issue.path.join('.')).filter((path) => path !== '')
  throw new AppError('INVALID', fields.length > 0 ? `Missing or wrong: ${fields.join(', ')}.` : 'The body is not JSON.')
}
