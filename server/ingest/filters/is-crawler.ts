// Web crawlers by their User-Agent. Nearly all of them say `bot`, `spider` or `crawler`; the list has those that do not.
// Browsers without a window are none of them: whoever tests with one wants to see what it met.

const CHARS_MAX = 1024

/** In lower case. Previews of links, readers, monitors, measurements. */
const MARKS = [
  'spider',
  'crawl',
  'slurp',
  'mediapartners-google',
  'adsbot-google',
  'apis-google',
  'feedfetcher',
  'google-read-aloud',
  'google-inspectiontool',
  'googleother',
  'google-extended',
  'google favicon',
  'chrome-lighthouse',
  'bingpreview',
  'facebookexternalhit',
  'facebookcatalog',
  'meta-externalagent',
  'meta-externalfetcher',
  'ia_archiver',
  'archive.org',
  'whatsapp/',
  'skypeuripreview',
  'embedly',
  'mail.ru_',
  'yandexmobilescreenshotbot',
  'naver.me',
  'daum/',
  'wget/',
  'scrapy/',
  'ptst/',
  'gtmetrix',
  'pingdom',
  'site24x7',
  'statuscake',
  'better uptime',
  'newrelicpinger',
  'datadogsynthetics',
  'cloudflare-healthchecks',
  'elb-healthchecker',
  'kube-probe',
]

/** Ends in `bot` and is a brand of phones. */
const PHONE = 'cubot'

/** Of some million visitors few send different ones at a time. */
const CACHE_MAX = 1_000
const cache = new Map<string, boolean>()

export function isCrawler(userAgent: string): boolean {
  const text = userAgent.length > CHARS_MAX ? userAgent.slice(0, CHARS_MAX) : userAgent
  const known = cache.get(text)
  if (known !== undefined) return known
  const lowered = text.toLowerCase()
  const found = hasWordBot(lowered) || MARKS.some((mark) => lowered.includes(mark))
  if (cache.size >= CACHE_MAX) cache.clear()
  cache.set(text, found)
  return found
}

/** `Googlebot/2.1`, `AhrefsBot;`, `UptimeRobot`, `bots`; not `bottle` or `botany`. */
function hasWordBot(text: string): boolean {
  for (let at = text.indexOf('bot'); at >= 0; at = text.indexOf('bot', at + 3)) {
    const end = text.charAt(at + 3) === 's' ? at + 4 : at + 3
    const next = text.charCodeAt(end)
    const isEnd = !(next >= 0x61 && next <= 0x7a)
    if (isEnd && !text.startsWith(PHONE, at - 2)) return true
  }
  return false
}
