// Short messages at the page's edge, each with at most one thing to do about it. They leave by themselves after eight
// seconds; the newest three are shown.

const SHOWN_MS = 8_000
const SHOWN_MAX = 3

export interface Toast {
  id: number
  text: string
  failed: boolean
  action?: { label: string; run: () => void }
}

class Toasts {
  shown: Toast[] = $state.raw([])
  #lastId = 0

  show(text: string, action?: Toast['action']): void {
    this.#add({ id: ++this.#lastId, text, failed: false, ...(action ? { action } : {}) })
  }

  fail(text: string): void {
    this.#add({ id: ++this.#lastId, text, failed: true })
  }

  dismiss(id: number): void {
    this.shown = this.shown.filter((toast) => toast.id !== id)
  }

  #add(toast: Toast): void {
    this.shown = [...this.shown, toast].slice(-SHOWN_MAX)
    setTimeout(() => this.dismiss(toast.id), SHOWN_MS)
  }
}

export const toasts = new Toasts()
