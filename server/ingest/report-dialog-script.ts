// The dialog itself: one function that runs in a stranger's page. It is sent as its own source, so it may use nothing
// from outside of it. A shadow root keeps the page's styles out; texts are set as text, so that none can be markup.

interface DialogTexts {
  title: string
  subtitle: string
  subtitle2: string
  labelName: string
  labelEmail: string
  labelComments: string
  labelClose: string
  labelSubmit: string
  errorGeneric: string
  errorFormEntry: string
  successMessage: string
}

const DEFAULTS: DialogTexts = {
  title: 'It looks like we’re having issues.',
  subtitle: 'Our team has been notified.',
  subtitle2: 'If you’d like to help, tell us what happened below.',
  labelName: 'Name',
  labelEmail: 'Email',
  labelComments: 'What happened?',
  labelClose: 'Close',
  labelSubmit: 'Submit Crash Report',
  errorGeneric: 'An unknown error occurred while submitting your report. Please try again.',
  errorFormEntry: 'Some fields were invalid. Please correct the errors and try again.',
  successMessage: 'Your feedback has been sent. Thank you!',
}
const TEXT_CHARS_MAX = 500

/** @param query of the dialog's URL: the SDK's options. @returns a script. */
export function renderReportDialog(query: URLSearchParams): string {
  const read = (name: string): string => (query.get(name) ?? '').slice(0, TEXT_CHARS_MAX).toWellFormed()
  const texts = Object.fromEntries(Object.entries(DEFAULTS).map(([name, text]) => [name, read(name) || text]))
  const settings = { texts, name: read('name'), email: read('email') }
  // Harmless wherever the script is read: as JavaScript, and inside of an HTML page.
  const json = JSON.stringify(settings).replaceAll(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  return `(${showReportDialog.toString()})(${json});\n`
}

function showReportDialog({ texts, name, email }: { texts: DialogTexts; name: string; email: string }): void {
  const url = (document.currentScript as HTMLScriptElement).src
  const host = document.createElement('div')
  const root = host.attachShadow({ mode: 'open' })
  const style = new CSSStyleSheet()
  style.replaceSync(`
    dialog { box-sizing: border-box; width: min(520px, calc(100vw - 32px)); max-height: calc(100vh - 32px); padding: 28px;
      overflow: auto; border: 1px solid #d9dbe0; border-radius: 12px; background: #fff; color: #1c1e22;
      font: 15px/1.5 system-ui, sans-serif; box-shadow: 0 24px 64px rgb(0 0 0 / 24%); color-scheme: light dark; }
    dialog::backdrop { background: rgb(12 14 18 / 55%); }
    h2 { margin: 0 0 4px; font-size: 20px; line-height: 1.3; }
    p { margin: 0; color: #565b66; }
    form { display: grid; gap: 14px; margin-top: 18px; }
    label { display: grid; gap: 4px; font-weight: 600; font-size: 13px; }
    input, textarea { box-sizing: border-box; width: 100%; padding: 8px 10px; border: 1px solid #8b909b;
      border-radius: 6px; background: transparent; color: inherit; font: inherit; font-weight: 400; font-size: 15px; }
    textarea { min-height: 110px; resize: vertical; }
    :focus-visible { outline: 2px solid #2f6fed; outline-offset: 2px; }
    [aria-invalid=true] { border-color: #c4314b; }
    .bad { color: #c4314b; font-weight: 400; }
    .bad:empty { display: none; }
    .buttons { display: flex; flex-wrap: wrap; justify-content: flex-end; gap: 10px; margin-top: 4px; }
    button { padding: 8px 16px; border: 1px solid #8b909b; border-radius: 6px; background: transparent; color: inherit;
      font: inherit; font-weight: 600; cursor: pointer; }
    .send { border-color: #2558c4; background: #2558c4; color: #fff; }
    button:disabled { opacity: .6; cursor: default; }
    @media (prefers-color-scheme: dark) {
      dialog { border-color: #3a3e47; background: #1b1d22; color: #eceef2; }
      p { color: #a9aeb9; }
      .bad { color: #ff8095; }
      [aria-invalid=true] { border-color: #ff8095; }
    }`)
  root.adoptedStyleSheets = [style]

  function make<Tag extends keyof HTMLElementTagNameMap>(tag: Tag, text = '', ...children: Node[]) {
    const element = document.createElement(tag)
    element.append(text, ...children)
    return element
  }

  const complaints = new Map<string, { input: HTMLElement; note: HTMLElement }>()
  function makeField(tag: 'input' | 'textarea', field: string, label: string, value: string) {
    const input = make(tag)
    const note = make('span')
    note.className = 'bad'
    note.id = `${field}-note`
    input.name = field
    input.required = true
    input.value = value
    input.setAttribute('aria-describedby', note.id)
    complaints.set(field, { input, note })
    return make('label', label, input, note)
  }

  const dialog = make('dialog')
  const title = make('h2', texts.title)
  title.id = 'title'
  dialog.setAttribute('aria-labelledby', title.id)
  const form = make('form')
  form.noValidate = true
  const failure = make('p')
  failure.className = 'bad'
  failure.setAttribute('role', 'alert')
  const send = make('button', texts.labelSubmit)
  send.className = 'send'
  const close = make('button', texts.labelClose)
  close.type = 'button'
  const buttons = make('div', '', close, send)
  buttons.className = 'buttons'
  const address = makeField('input', 'email', texts.labelEmail, email)
  complaints.get('email')?.input.setAttribute('type', 'email')
  form.append(makeField('input', 'name', texts.labelName, name), address)
  form.append(makeField('textarea', 'comments', texts.labelComments, ''), failure, buttons)
  dialog.append(title, make('p', `${texts.subtitle} ${texts.subtitle2}`), form)
  root.append(dialog)

  function complain(errors: Record<string, string[]>): void {
    for (const [field, { input, note }] of complaints) {
      note.textContent = errors[field]?.join(' ') ?? ''
      input.setAttribute('aria-invalid', String(note.textContent !== ''))
    }
    failure.textContent = Object.keys(errors).length > 0 ? texts.errorFormEntry : ''
    complaints.get(Object.keys(errors)[0] ?? '')?.input.focus()
  }

  async function submit(): Promise<void> {
    send.disabled = true
    complain({})
    try {
      const body = new URLSearchParams()
      for (const [field, value] of new FormData(form)) body.set(field, String(value))
      const response = await fetch(url, { method: 'POST', body, credentials: 'omit' })
      if (response.ok) {
        const thanks = make('p', texts.successMessage)
        thanks.setAttribute('role', 'status')
        form.replaceChildren(thanks, buttons)
        send.remove()
        close.focus()
        return
      }
      const { errors } = (await response.json()) as { errors?: Record<string, string[]> }
      if (errors === undefined) failure.textContent = texts.errorGeneric
      else complain(errors)
    } catch {
      failure.textContent = texts.errorGeneric
    } finally {
      send.disabled = false
    }
  }

  form.addEventListener('submit', (event) => {
    event.preventDefault()
    void submit()
  })
  close.addEventListener('click', () => dialog.close())
  dialog.addEventListener('close', () => {
    host.remove()
    // The SDK's onClose waits for this.
    window.postMessage('__sentry_reportdialog_closed__', '*')
  })
  document.body.append(host)
  dialog.showModal()
  // What the page knew is filled in: go on with what is still empty.
  const first = [...complaints.values()].find(({ input }) => (input as HTMLInputElement).value === '')
  first?.input.focus()
}
