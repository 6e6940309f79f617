// Which files can be looked at on the page. A picture comes into an <img>, whose source is made a picture whatever the file
// says it is; a text is shown as text. Nothing else is: a file is what a stranger sent.

export type Preview = 'image' | 'text'

const IMAGES: ReadonlySet<string> = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp'])
const TEXTS: ReadonlySet<string> = new Set(['application/json', 'application/xml', 'application/x-ndjson'])
const IMAGE_BYTES_MAX = 20 * 1024 * 1024
const TEXT_BYTES_MAX = 1024 * 1024

/** @returns null for what is only downloaded. */
export function choosePreview({ contentType, size }: { contentType: string; size: number }): Preview | null {
  if (size === 0) return null
  if (IMAGES.has(contentType)) return size <= IMAGE_BYTES_MAX ? 'image' : null
  const isText = contentType.startsWith('text/') || TEXTS.has(contentType)
  return isText && size <= TEXT_BYTES_MAX ? 'text' : null
}
