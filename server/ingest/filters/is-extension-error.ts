// Errors in browsers that are not the page's: of extensions, and of scripts that a browser, an ad blocker or a virus scanner
// puts into every page. Told by the address of the code that threw, else by texts that only they produce.

import type { EventException, NormalizedEvent } from '../../domain/event.ts'

const ADDRESSES = [
  'chrome-extension:',
  'moz-extension:',
  'safari-extension:',
  'safari-web-extension:',
  'ms-browser-extension:',
  'extension:',
  // What Safari shows of an extension's code.
  'webkit-masked-url:',
  // The browser's own pages and scripts.
  'chrome:',
  'resource:',
  'edge:',
]

/** Puts its script into every page that is visited. */
const HOST = '.kaspersky-labs.com/'

const TEXTS = [
  'Extension context invalidated',
  'Could not establish connection. Receiving end does not exist',
  'The message port closed before a response was received',
  'A listener indicated an asynchronous response by returning true, but the message channel closed',
  'Attempting to use a disconnected port object',
  'The page keeping the extension port is moved into back/forward cache',
  'No tab with id',
  'runtime.sendMessage(',
  // What browsers on iOS put into pages.
  '__gCrWeb',
  '__firefox__',
  // Toolbars and scanners.
  'Object Not Found Matching Id:',
  'bmi_SafeAddOnload',
  'atomicFindClose',
  'originalCreateNotification',
  'fb_xd_fragment',
  '_avast_submit',
  'vid_mate_check',
  'ceCurrentVideo',
  'ZiteReader',
  'conduitPage',
  'EBCallBackMessageReceived',
  'MyApp_RemoveAllHighlights',
  'jigsaw is not defined',
  'ComboSearch is not defined',
  'top.GLOBALS',
  'tt.epicplay.com',
  'loading.retry.widdit.com',
]

/** Where the code has no address of its own. */
const NOWHERE = new Set(['<anonymous>', '[native code]', 'native'])

export function isExtensionError(event: NormalizedEvent): boolean {
  if (event.platform !== 'javascript') return false
  const thrown = event.exceptions.at(-1)
  if (thrown === undefined) return isBlockedExtension(event) || hasText(event.message?.formatted ?? null)
  return isAddress(findSource(thrown)) || hasText(thrown.value)
}

/** Where the error was thrown: a page that is called by an extension may still have an error of its own. */
function findSource({ stacktrace }: EventException): string | null {
  const frames = stacktrace?.frames ?? []
  for (let i = frames.length - 1; i >= 0; i -= 1) {
    const source = frames[i]?.absPath ?? frames[i]?.filename ?? null
    if (source !== null && !NOWHERE.has(source)) return source
  }
  return null
}

/** A Content Security Policy that kept out what an extension tried to load. */
function isBlockedExtension({ contexts: { csp } }: NormalizedEvent): boolean {
  if (csp === undefined) return false
  return ['blocked-uri', 'blockedURL', 'source-file', 'sourceFile'].some((name) => {
    const address = csp[name]
    // Chrome cuts the address to its scheme.
    return typeof address === 'string' && (isAddress(address) || isAddress(`${address}:`))
  })
}

function isAddress(source: string | null): boolean {
  if (source === null) return false
  const lowered = source.slice(0, 256).toLowerCase()
  return ADDRESSES.some((address) => lowered.startsWith(address)) || lowered.includes(HOST)
}

function hasText(text: string | null): boolean {
  return text !== null && TEXTS.some((known) => text.includes(known))
}
