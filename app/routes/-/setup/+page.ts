import type { PageLoad } from './$types'

// Behind the #, so that no server and no log on the way sees it.
export const load: PageLoad = ({ url }) => ({ token: url.hash.slice(1) })
