// Which pages may send requests that carry our cookie. A browser names the page's origin in every POST, and a page
// cannot forge it. SameSite=Lax alone would let in whatever else runs on the same host, on another port.

const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '[::1]']

/** @returns the origins under which our own pages are opened. Loopback names stand for each other. */
export function listOwnOrigins(publicUrl: string): string[] {
  const url = new URL(publicUrl)
  if (!LOOPBACK_NAMES.includes(url.hostname)) return [url.origin]
  const port = url.port === '' ? '' : `:${url.port}`
  return LOOPBACK_NAMES.map((name) => `${url.protocol}//${name}${port}`)
}
