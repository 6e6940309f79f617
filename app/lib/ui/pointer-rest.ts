// Whether somebody is about to press something in a region: the pointer moved over it within the last seconds, or the
// keyboard's focus is inside. A pointer that merely lies there since the page came up is not about to press.

const RESTS_AFTER_MS = 4_000
/** Long enough to cross a gap on the way to something that lies over the region. */
const LEAVES_AFTER_MS = 300

export class PointerRest {
  readonly #hold: () => void
  readonly #release: () => void
  #timer: ReturnType<typeof setTimeout> | undefined
  #last: { x: number; y: number } | undefined
  #focused = false

  get holding(): boolean {
    return this.#focused || this.#timer !== undefined
  }

  constructor(hold: () => void, release: () => void) {
    this.#hold = hold
    this.#release = release
  }

  move(event: { clientX: number; clientY: number; pointerType: string }): void {
    if (event.pointerType !== 'mouse') return
    const last = this.#last
    this.#last = { x: event.clientX, y: event.clientY }
    // Browsers also tell a move when the page changed under a pointer that stood still.
    if (!last || (last.x === event.clientX && last.y === event.clientY)) return
    this.#hold()
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#rest(), RESTS_AFTER_MS)
  }

  leave(): void {
    this.#last = undefined
    if (this.#timer === undefined) return
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#rest(), LEAVES_AFTER_MS)
  }

  /** Focus that the keyboard brought; a click leaves one behind that means nothing any more. */
  focus(event: FocusEvent): void {
    this.#focused = event.target instanceof Element && event.target.matches(':focus-visible')
    if (this.#focused) this.#hold()
  }

  blur(): void {
    this.#focused = false
    if (this.#timer === undefined) this.#release()
  }

  #rest(): void {
    this.#timer = undefined
    if (!this.#focused) this.#release()
  }
}
