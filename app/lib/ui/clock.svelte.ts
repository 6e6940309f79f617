// One ticking clock for every relative time on the page, so that a hundred rows share a single timer. It stands still
// while nobody looks at it.

import { createSubscriber } from 'svelte/reactivity'

const TICK_MS = 1_000

const subscribe = createSubscriber((update) => {
  const timer = setInterval(update, TICK_MS)
  return () => clearInterval(timer)
})

/** Milliseconds since the epoch; read in a template or `$derived`, it keeps running. */
export function readClock(): number {
  subscribe()
  return Date.now()
}
