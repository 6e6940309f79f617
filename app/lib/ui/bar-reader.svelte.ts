// Which bar of a chart somebody reads: the one under the pointer, or the one that the arrow keys went to.

export class BarReader {
  /** null: nobody reads. */
  index: number | null = $state(null)
  readonly #count: () => number

  constructor(count: () => number) {
    this.#count = count
  }

  readonly point = (event: PointerEvent & { currentTarget: Element }): void => {
    const box = event.currentTarget.getBoundingClientRect()
    this.#read(Math.floor(((event.clientX - box.left) / box.width) * this.#count()))
  }

  /** With the keyboard, from the current bar on. */
  readonly begin = (): void => {
    this.index ??= this.#count() - 1
  }

  readonly end = (): void => {
    this.index = null
  }

  readonly step = (event: KeyboardEvent): void => {
    const last = this.#count() - 1
    const from = this.index ?? last
    const targets: Record<string, number> = { ArrowLeft: from - 1, ArrowRight: from + 1, Home: 0, End: last }
    const target = targets[event.key]
    if (target === undefined) return
    event.preventDefault()
    this.#read(target)
  }

  #read(index: number): void {
    this.index = Math.min(this.#count() - 1, Math.max(0, index))
  }
}
