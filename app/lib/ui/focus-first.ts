/** For `{@attach focusFirst}`: the field that a page begins with. The attribute `autofocus` complains on the console. */
export function focusFirst(field: HTMLElement): void {
  field.focus()
}
