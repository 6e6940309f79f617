// Everything is drawn in the browser: there is nothing to show before somebody signed in.
export const ssr = false
