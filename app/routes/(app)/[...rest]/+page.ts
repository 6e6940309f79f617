// Any address that no page has: still behind the sign-in, then "not found" within the frame.

import { error } from '@sveltejs/kit'
import { words } from '#lib/words.ts'
import type { PageLoad } from './$types'

export const load: PageLoad = async ({ parent }) => {
  await parent()
  error(404, words.notFound.title, { code: 'NOT_FOUND' })
}
