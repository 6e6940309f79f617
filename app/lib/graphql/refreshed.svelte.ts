// What a page shows, asked for again every few seconds while somebody looks at it: for counts, of which nobody is told.

const REFRESH_EVERY_MS = 4_000

export class Refreshed<Content> {
  content: Content | null = $state.raw(null)
  readonly #read: () => Promise<Content | null>

  constructor(content: Content | null, read: () => Promise<Content | null>) {
    this.content = content
    this.#read = read
  }

  /** @returns how to stop. */
  start(): () => void {
    const timer = setInterval(() => {
      if (!document.hidden) void this.#refresh()
    }, REFRESH_EVERY_MS)
    return () => clearInterval(timer)
  }

  async #refresh(): Promise<void> {
    try {
      const content = await this.#read()
      if (content) this.content = content
    } catch {
      // What was there stays; the next round asks again.
    }
  }
}
