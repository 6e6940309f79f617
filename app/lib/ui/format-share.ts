// Shares as people read them, from 0 to 1.

/** Rounded down, so that nothing looks as if it were all: `100 %`, `99.98 %`, `87.5 %`; three digits, four near to all. */
export function formatShare(share: number): string {
  const percent = share * 100
  const factor = percent >= 99 ? 100 : 10
  // What a share of two whole numbers cannot hold exactly must not cost it its last digit.
  return `${Math.floor(percent * factor + 1e-6) / factor} %`
}

/** Without decimals: `42 %`, and `< 1 %` for what is there. */
export function formatWholeShare(share: number): string {
  return share > 0 && share < 0.01 ? '< 1 %' : `${Math.round(share * 100)} %`
}
