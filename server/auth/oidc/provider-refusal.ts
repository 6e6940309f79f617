/** Why nobody was signed in by the provider; the sign-in page has a sentence for each. */
export type RefusalReason =
  | 'denied' // by the person, or by the provider
  | 'failed' // what came back does not hold
  | 'expired' // it began too long ago, or in another browser
  | 'no_address'
  | 'unverified_address' // there is an account with the address, and the provider does not vouch for it
  | 'unconfirmed_address' // there is an account with the address, and nobody has shown that it is theirs
  | 'other_identity' // the account belongs to somebody else at the provider
  | 'no_account'
  | 'disabled'
  | 'unavailable'

export class ProviderRefusal extends Error {
  readonly reason: RefusalReason

  constructor(reason: RefusalReason, options?: ErrorOptions) {
    super(reason, options)
    this.name = 'ProviderRefusal'
    this.reason = reason
  }
}
