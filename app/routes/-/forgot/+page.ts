import { loadQuery } from '#lib/graphql/client.ts'
import type { PageLoad } from './$types'
import { MailState } from './forgot.gql.ts'

export const load: PageLoad = async ({ fetch }) => ({ mailIsOn: (await loadQuery(fetch, MailState, {})).instance.mail })
