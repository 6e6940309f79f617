// What was wrong with one event. Normalising writes here instead of refusing; the notes are kept with the event.

import type { EventProblem, Json, JsonObject } from '../../domain/event.ts'

const PROBLEMS_MAX = 50
const VALUE_CHARS_MAX = 100

export class ProblemLog {
  readonly problems: EventProblem[] = []
  /** What was cut, by where it stands: for `meta`. */
  readonly cuts: { path: string[]; remarks: JsonObject }[] = []
  /** Where in the payload we are (`exception.values.0`), so that field names are only put together when there is a problem. */
  #base = ''
  #index = -1

  /** From here on, names are fields of `base`, or of its element `index`. */
  enter(base: string, index = -1): void {
    this.#base = base
    this.#index = index
  }

  invalid(name: string, value: Json | undefined): void {
    this.add('invalid_data', name, value)
  }

  /**
   * @param name of what was cut; a name that the sender chose comes as a list, since it may hold dots.
   * @param remarks what is said of it in `meta`.
   */
  tooLong(name: string | readonly [sent: string], remarks: JsonObject): void {
    if (this.problems.length >= PROBLEMS_MAX) return
    this.add('value_too_long', typeof name === 'string' ? name : name[0])
    const base = this.#locate('')
    const path = base === '' ? [] : base.split('.')
    this.cuts.push({ path: [...path, ...(typeof name === 'string' ? name.split('.') : name)], remarks })
  }

  add(type: string, name: string, value?: Json): void {
    if (this.problems.length >= PROBLEMS_MAX) return
    const problem: EventProblem = { type, name: this.#locate(name).toWellFormed() }
    const shown = summarize(value)
    if (shown !== undefined) problem.value = shown
    this.problems.push(problem)
  }

  #locate(name: string): string {
    const base = this.#index < 0 ? this.#base : `${this.#base}.${this.#index}`
    if (base === '') return name
    return name === '' ? base : `${base}.${name}`
  }
}

/** Enough of a value to recognise it; containers could be of any size. */
function summarize(value: Json | undefined): Json | undefined {
  if (typeof value === 'string')
    return value.length > VALUE_CHARS_MAX ? value.slice(0, VALUE_CHARS_MAX).toWellFormed() : value
  if (Array.isArray(value)) return '[array]'
  if (typeof value === 'object' && value !== null) return '[object]'
  return value
}
