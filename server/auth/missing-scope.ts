import { AppError } from '../errors.ts'
import type { Scope } from './viewer.ts'

/** The token is right and its role may be, too, but it was not made for this. */
export class MissingScope extends AppError {
  /** Each of them would do; the first is the narrowest. */
  readonly scopes: readonly Scope[]

  constructor(scopes: readonly Scope[]) {
    const names = scopes.map((scope) => `"${scope}"`)
    super('FORBIDDEN', `This access token lacks the scope ${names.join(' or ')}, which this needs.`)
    this.name = 'MissingScope'
    this.scopes = scopes
  }
}
