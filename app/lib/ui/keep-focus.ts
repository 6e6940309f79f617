// For `{@attach keepFocus}` on a section: when what had the focus in it is taken away, a deleted row for one, the section's
// heading gets it. Else the next key press would start at the top of the page.

export function keepFocus(section: HTMLElement): () => void {
  let last: Element | null = null
  const remember = ({ target }: FocusEvent) => (last = target as Element)
  const observer = new MutationObserver(() => {
    if (last === null || last.isConnected || document.activeElement !== document.body) return
    last = null
    focusHeading(section)
  })
  section.addEventListener('focusin', remember)
  observer.observe(section, { childList: true, subtree: true })
  return () => {
    section.removeEventListener('focusin', remember)
    observer.disconnect()
  }
}

export function focusHeading(section: Element): void {
  const heading = section.querySelector<HTMLElement>('h1, h2')
  heading?.setAttribute('tabindex', '-1')
  heading?.focus({ preventScroll: true })
}
