// Work of one kind, done in one go. The requests whose bodies came in during one turn of the event loop wait for its end,
// and their events are prepared one after the other. Taken as they come, reading a socket and preparing an event push
// each other's code out of the processor's caches: in bench:ingest the same work then takes a fourth more of its time.

export type AwaitTurn = () => Promise<void>

export function createAwaitTurn(): AwaitTurn {
  let ending: Promise<void> | null = null
  return () =>
    (ending ??= new Promise((resolve) => {
      setImmediate(() => {
        ending = null
        resolve()
      })
    }))
}
