// Settings are for maintainers and owners; who else comes here is told so.

import { error } from '@sveltejs/kit'
import { mayManage } from '#lib/domain/may-manage.ts'
import { words } from '#lib/words.ts'
import type { LayoutLoad } from './$types'

export const load: LayoutLoad = async ({ parent }) => {
  const { project } = await parent()
  if (!mayManage(project.viewerRole)) error(403, words.settings.forMaintainers, { code: 'FORBIDDEN' })
}
