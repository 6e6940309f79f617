// Runs before the first paint, so that a chosen theme never flashes in the system's colours.
try {
  const theme = localStorage.getItem('faultline-theme')
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
} catch {
  // Without storage the system's theme is the right one.
}
