// Drawn for this project on a grid of 16 px with lines of 1.5 px.
export const ICON_PATHS = {
  search: 'M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10Zm3.6-1.4L14 14',
  menu: 'M2 4h12M2 8h12M2 12h12',
  close: 'm4 4 8 8m0-8-8 8',
  copy: 'M5.5 5.5v-3h8v8h-3m-8-5h8v8h-8z',
  check: 'm3 8.5 3.5 3.5L13 4.5',
  down: 'm4 6 4 4 4-4',
  right: 'm6 4 4 4-4 4',
  left: 'm10 4-4 4 4 4',
  first: 'M4 4v8m8-8L8 8l4 4',
  last: 'M12 4v8M4 4l4 4-4 4',
  settings: 'M2 4.5h7m3 0h2M2 11.5h2m3 0h7M10.5 3v3m-5 4v3',
  issues: 'M2 3.5h12M2 8h12M2 12.5h8',
  user: 'M8 8a3 3 0 1 0 0-6 3 3 0 0 0 0 6Zm-5.5 6c.5-3 3-4.5 5.5-4.5s5 1.5 5.5 4.5',
  people:
    'M6 7.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5Zm-4.5 6c.3-2.5 2.2-4 4.5-4s4.2 1.5 4.5 4M10.5 2.7a2.5 2.5 0 0 1 0 4.6m1.5 2.5c1.4.6 2.3 1.9 2.5 3.7',
  log: 'M3 2.5h10v11H3zM5.5 6h5m-5 3h5',
  plus: 'M8 3v10M3 8h10',
  pause: 'M5 3v10m6-10v10',
  play: 'M5 3v10l8-5Z',
  external: 'M9 2.5h4.5V7M13 3 7 9m-1-6H2.5v10.5H13V10',
  more: 'M3 8h.01M8 8h.01M13 8h.01',
  sort: 'M5 13V3m0 0L2.5 5.5M5 3l2.5 2.5M11 3v10m0 0 2.5-2.5M11 13l-2.5-2.5',
  release: 'M2.5 8.5 8 3h5v5l-5.5 5.5zM10.5 5.5v.01',
  clock: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM8 4.5V8l2.5 1.5',
  speech: 'M2.5 3h11v8H8l-3 2.5V11H2.5z',
  intake: 'M2.5 9v4.5h11V9M8 2v8m0 0L5 7m3 3 3-3',
  grid: 'M2.5 2.5h4v4h-4zm7 0h4v4h-4zm-7 7h4v4h-4zm7 0h4v4h-4z',
} as const

export type IconName = keyof typeof ICON_PATHS
