// A project's inbound filters, ready to be asked for each event: compiled when its settings change, null where it sets none.
// What they drop is answered 200 and counted with the filter's reason.

import type { GroupedEvent, NormalizedEvent } from '../../domain/event.ts'
import { isInRanges, parseIpAddress, parseIpRange } from '../../domain/ip-range.ts'
import type { FilterReason } from '../../domain/outcome.ts'
import type { FilterSettings } from '../../domain/project-settings.ts'
import { compareVersions, parseReleaseVersion } from '../../domain/release-version.ts'
import { findUserAgent } from '../normalize/normalize-contexts.ts'
import { compileGlob } from './compile-glob.ts'
import { isCrawler } from './is-crawler.ts'
import { isExtensionError } from './is-extension-error.ts'
import { isLocalhost } from './is-localhost.ts'

export interface EventFilters {
  /** @param address of whoever sent it: nothing is taken from those that the project names. */
  matchesAddress(address: string | null): boolean
  /** @returns what drops the event; null when nothing does. */
  findReason(event: NormalizedEvent, sender: Sender): FilterReason | null
  /** @returns what drops a session or a transaction, of which no more is known than this; null when nothing does. */
  findReasonByNames(release: string | null, userAgent: string | null): FilterReason | null
  /** By what people see of it, so that it is asked after scrubbing and grouping. */
  matchesMessage(event: GroupedEvent): boolean
}

/** The request that brought an event. */
export interface Sender {
  clientIp: string | null
  userAgent: string | null
}

/** Of a message that is longer than what lists show. */
const TEXT_CHARS_MAX = 1_024

type Test = (event: NormalizedEvent, sender: Sender) => FilterReason | null

export function compileFilters(settings: FilterSettings): EventFilters | null {
  const matchesAddress = compileAddresses(settings)
  const tests: Test[] = []
  if (matchesAddress !== null) {
    tests.push((_, { clientIp }) => (matchesAddress(clientIp) ? 'filtered_addresses' : null))
  }
  if (settings.crawlers) tests.push((event, sender) => (isOfCrawler(event, sender) ? 'filtered_crawlers' : null))
  if (settings.localhost) tests.push((event) => (isLocalhost(event) ? 'filtered_localhost' : null))
  if (settings.browserExtensions) {
    tests.push((event) => (isExtensionError(event) ? 'filtered_browser_extensions' : null))
  }
  const matchesRelease = compileReleases(settings)
  if (matchesRelease !== null) {
    tests.push(({ release }) => (release !== null && matchesRelease(release) ? 'filtered_releases' : null))
  }
  const messages = settings.messages.map(compileGlob)
  if (tests.length === 0 && messages.length === 0) return null

  return {
    matchesAddress: (address) => matchesAddress?.(address) ?? false,
    findReason(event, sender) {
      for (const test of tests) {
        const reason = test(event, sender)
        if (reason !== null) return reason
      }
      return null
    },
    findReasonByNames(release, userAgent) {
      if (settings.crawlers && userAgent !== null && isCrawler(userAgent)) return 'filtered_crawlers'
      return release !== null && matchesRelease?.(release) === true ? 'filtered_releases' : null
    },
    matchesMessage(event) {
      if (messages.length === 0) return false
      const texts = listTexts(event)
      return messages.some((glob) => texts.some((text) => glob.matches(text)))
    },
  }
}

function compileAddresses({ addresses }: FilterSettings): ((address: string | null) => boolean) | null {
  const ranges = addresses.map(parseIpRange).filter((range) => range !== null)
  if (ranges.length === 0) return null
  return (address) => {
    const parsed = address === null ? null : parseIpAddress(address)
    return parsed !== null && isInRanges(parsed, ranges)
  }
}

function isOfCrawler({ request, platform }: NormalizedEvent, sender: Sender): boolean {
  const userAgent = findUserAgent(request, sender.userAgent, platform)
  return userAgent !== null && isCrawler(userAgent)
}

/** The same few releases come with every event. */
const RELEASES_MAX = 1_000

function compileReleases({ releases, releaseMin }: FilterSettings): ((release: string) => boolean) | null {
  const globs = releases.map(compileGlob)
  const min = releaseMin === null ? null : parseReleaseVersion(releaseMin)
  if (globs.length === 0 && min === null) return null
  const known = new Map<string, boolean>()

  function isOld(release: string): boolean {
    const version = min === null ? null : parseReleaseVersion(release)
    if (min === null || version === null) return false
    const isComparable = min.package === null || min.package === version.package
    return isComparable && compareVersions(version, min) < 0
  }

  return (release) => {
    const before = known.get(release)
    if (before !== undefined) return before
    const lowered = release.toLowerCase()
    const matches = globs.some((glob) => glob.matches(lowered)) || isOld(release)
    if (known.size >= RELEASES_MAX) known.clear()
    known.set(release, matches)
    return matches
  }
}

/** What an error is called: its type, its value, both as in the title, and the message. */
function listTexts({ exceptionType: type, exceptionValue: value, message }: GroupedEvent): string[] {
  const texts = [type, value, type !== null && value !== null ? `${type}: ${value}` : null, message?.formatted ?? null]
  const lowered = texts.filter((text) => text !== null).map((text) => text.slice(0, TEXT_CHARS_MAX).toLowerCase())
  return [...new Set(lowered)]
}
