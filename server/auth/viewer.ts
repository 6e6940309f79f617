/** What an access token may do. `api` includes every other scope, `read_api` every reading one. */
export const SCOPES = ['api', 'read_api'] as const
export type Scope = (typeof SCOPES)[number]

/** Who asks. */
export interface Viewer {
  userId: string
  email: string
  name: string | null
  /** Of the whole instance: sees and may do everything. */
  isOwner: boolean
  /** null: signed in by cookie, where no scope limits what the person may do. */
  scopes: readonly string[] | null
  /** null: signed in by cookie. */
  tokenId: string | null
}
