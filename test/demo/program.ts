// What the show is made of: programs in several languages, and the ways in which each of them fails.

import type { Dice } from './dice.ts'

export interface Program {
  /** Releases are called `<name>@<version>`. */
  name: string
  platform: string
  sdk: { name: string; version: string }
  environments: readonly [string, ...string[]]
  contexts(dice: Dice): Record<string, Record<string, unknown>>
  failures: readonly [Failure, ...Failure[]]
}

export interface Failure {
  /** How often it happens, compared with the others. */
  weight: number
  transaction: string
  level?: 'fatal' | 'error' | 'warning' | 'info'
  handled?: boolean
  /** Root cause first, the exception that was thrown last. Without any it is a message. */
  exceptions?(dice: Dice): DemoException[]
  message?(dice: Dice): { message: string; params: string[] }
  breadcrumbs(dice: Dice): DemoBreadcrumb[]
  request?(dice: Dice): Record<string, unknown>
  tags?(dice: Dice): Record<string, string>
  extra?(dice: Dice): Record<string, unknown>
}

interface DemoException {
  type: string
  value: string
  module?: string
  /** The outermost call first, as SDKs send them. */
  frames: DemoFrame[]
}

export interface DemoFrame {
  function: string
  filename: string
  abs_path?: string
  module?: string
  lineno: number
  colno?: number
  in_app: boolean
  pre_context?: string[]
  context_line?: string
  post_context?: string[]
  vars?: Record<string, unknown>
}

/** `secondsBefore` the error. */
interface DemoBreadcrumb {
  secondsBefore: number
  category: string
  message?: string
  type?: string
  level?: 'info' | 'warning' | 'error' | 'debug'
  data?: Record<string, unknown>
}

type Where = Pick<DemoFrame, 'function' | 'filename' | 'lineno'> & Partial<DemoFrame>

/** A frame of the program itself. In `code` the failing line, which is the one at `lineno`, begins with `»`. */
export function ownFrame(where: Where, code: string): DemoFrame {
  const lines = code.replace(/^\n/, '').trimEnd().split('\n')
  const failing = lines.findIndex((line) => line.startsWith('»'))
  return {
    ...where,
    in_app: true,
    pre_context: lines.slice(0, failing),
    context_line: lines[failing]?.slice(1),
    post_context: lines.slice(failing + 1),
  }
}

export function libraryFrame(where: Where): DemoFrame {
  return { ...where, in_app: false }
}
