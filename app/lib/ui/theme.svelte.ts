// Light, dark, or as the system has it. `static/theme.js` applies the stored choice before the first paint.

type Theme = 'system' | 'light' | 'dark'

const STORAGE_KEY = 'faultline-theme'

class ThemeChoice {
  current: Theme = $state(readStored())

  choose(theme: Theme): void {
    this.current = theme
    if (theme === 'system') delete document.documentElement.dataset['theme']
    else document.documentElement.dataset['theme'] = theme
    try {
      if (theme === 'system') localStorage.removeItem(STORAGE_KEY)
      else localStorage.setItem(STORAGE_KEY, theme)
    } catch {
      // Without storage the choice lasts as long as the page.
    }
  }
}

function readStored(): Theme {
  try {
    const stored = localStorage.getItem(STORAGE_KEY)
    return stored === 'light' || stored === 'dark' ? stored : 'system'
  } catch {
    return 'system'
  }
}

export const theme = new ThemeChoice()
