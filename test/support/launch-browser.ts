// A Chromium that comes with `npm ci` and needs nothing of the system: the browser, its fonts and the shared libraries
// that bare machines lack are all in @sparticuz/chromium. They are unpacked once per version and user.
//
// The package's own flags are for one browser in a Lambda: a single process, and no same-origin policy. We want the
// browser that people have, so we give our own.

import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir, userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import { chromium as playwright } from 'playwright-core'
import type { Browser } from 'playwright-core'

const packageFolder = dirname(dirname(createRequire(import.meta.url).resolve('@sparticuz/chromium')))
const version = (createRequire(import.meta.url)('../../package.json') as { devDependencies: Record<string, string> })
  .devDependencies['@sparticuz/chromium']

/** Unpacks in a process of its own: the package asks for TMPDIR at many places, and we keep ours. */
function unpackBrowser(): string {
  const folder = join(tmpdir(), `faultline-chromium-${version}-${userInfo().uid}`)
  if (existsSync(join(folder, 'chromium'))) return folder
  const unfinished = mkdtempSync(`${folder}-`)
  const script = `
    import chromium, { inflate } from '@sparticuz/chromium'
    await chromium.executablePath()
    await inflate(${JSON.stringify(join(packageFolder, 'bin/al2023.tar.br'))})`
  execFileSync(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: import.meta.dirname,
    env: { ...process.env, TMPDIR: unfinished, HOME: unfinished },
    timeout: 60_000,
  })
  try {
    renameSync(unfinished, folder)
  } catch (error) {
    // Another test run was faster, and its folder is as good.
    if (!existsSync(join(folder, 'chromium'))) throw error
    rmSync(unfinished, { recursive: true })
  }
  return folder
}

/** The package's own settings look for the fonts elsewhere; without any font the browser dies of its first input field. */
function writeFontSettings(folder: string): void {
  const fonts = join(folder, 'fonts')
  const settings = `<fontconfig><dir>${fonts}</dir><cachedir>${join(folder, 'fonts-cache')}</cachedir></fontconfig>\n`
  writeFileSync(join(fonts, 'fonts.conf'), `<?xml version="1.0"?>\n${settings}`)
}

/** @returns a browser that the caller closes. */
export async function launchBrowser(): Promise<Browser> {
  const folder = unpackBrowser()
  writeFontSettings(folder)
  return playwright.launch({
    executablePath: join(folder, 'chromium'),
    // Root, and many containers, cannot have the sandbox. Only our own pages are opened.
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'],
    env: {
      ...process.env,
      HOME: folder,
      FONTCONFIG_PATH: join(folder, 'fonts'),
      LD_LIBRARY_PATH: [join(folder, 'al2023/lib'), process.env.LD_LIBRARY_PATH].filter(Boolean).join(':'),
    },
    timeout: 30_000,
  })
}
