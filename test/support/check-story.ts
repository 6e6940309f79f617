// Beyond what arrivals.ts holds of any request: that what an SDK made of the story (test/sdk/story.ts) is the story.

import { expect } from 'vitest'
import { CASES, STORY } from '../sdk/story.ts'
import type { CaseName } from '../sdk/story.ts'
import type { Arrivals } from './arrivals.ts'
import { eventIdOf, readJson } from './read-request.ts'
import type { SentRequest } from './read-request.ts'

interface Teller {
  lacks?: readonly ('breadcrumbs' | 'cause')[]
}

/** In these the error is told as it is; in the others it is only the occasion. */
const TOLD_IN = new Set<CaseName>(['exception', 'message', 'transaction', 'attachment'])

/** @param requests all that came of the case. */
export async function checkStory(
  arrivals: Arrivals,
  name: CaseName,
  requests: readonly SentRequest[],
  { lacks = [] }: Teller,
): Promise<void> {
  const items = requests.flatMap((request) => request.items.map((item) => ({ request, item })))
  // A `user_report` is the older form of feedback.
  const types = items.map(({ item }) => (item.type === 'user_report' ? 'feedback' : item.type))
  for (const type of new Set(CASES[name])) {
    const least = CASES[name].filter((other) => other === type).length
    expect(types.filter((other) => other === type).length, `items of the type ${type}`).toBeGreaterThanOrEqual(least)
  }
  for (const { request, item } of items) {
    if (item.type !== 'event' || !TOLD_IN.has(name)) continue
    const event = await arrivals.findEvent(eventIdOf(request, item))
    const { release, environment, user } = STORY
    expect(event).toMatchObject({ release, environment, user })
    for (const [key, value] of Object.entries(STORY.tags)) expect(event.tags).toContainEqual({ key, value })
    if (!lacks.includes('breadcrumbs')) expect(event.breadcrumbs).toMatchObject(STORY.breadcrumbs)
    if (name === 'message') {
      expect(event).toMatchObject({ level: 'WARNING', title: STORY.message })
      continue
    }
    const told = event.exceptions.map(({ value }) => value)
    expect(told).toEqual(lacks.includes('cause') ? [expect.any(String)] : STORY.exceptions)
    expect(event.title).toContain(told[0])
    expect(event.level).toBe('ERROR')
    if (name === 'transaction') expect(event.trace?.transactions).toMatchObject([STORY.transaction])
    if (name === 'attachment')
      expect(event.attachments.map((file) => file.name)).toEqual(expect.arrayContaining([...STORY.files]))
  }
  for (const { item } of items) {
    const sent = JSON.stringify(item.type === 'attachment' ? null : readJson(item))
    if (item.type === 'feedback' || item.type === 'user_report') expect(sent).toContain(JSON.stringify(STORY.said))
    if (item.type === 'client_report' && name === 'clientreport')
      expect(readJson(item).discarded_events).toContainEqual(STORY.discarded)
  }
}
