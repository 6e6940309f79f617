import { describe, expect, it } from 'vitest'
import { compareVersions, parseReleaseVersion } from '../../server/domain/release-version.ts'

const read = (release: string) => {
  const version = parseReleaseVersion(release)
  if (version === null) throw new Error(`${release} is no version`)
  return version
}

describe('a release', () => {
  it.each([
    ['1.4.0', { package: null, numbers: ['1', '4', '0'], prerelease: [] }],
    ['v1.4', { package: null, numbers: ['1', '4'], prerelease: [] }],
    ['shop@1.4.0-beta.2+build.7', { package: 'shop', numbers: ['1', '4', '0'], prerelease: ['beta', '2'] }],
    ['@acme/shop@2.0.0', { package: '@acme/shop', numbers: ['2', '0', '0'], prerelease: [] }],
    ['com.example.app@1.2.3.4+567', { package: 'com.example.app', numbers: ['1', '2', '3', '4'], prerelease: [] }],
    ['1.4rc1', { package: null, numbers: ['1', '4'], prerelease: ['rc1'] }],
    ['app@57', { package: 'app', numbers: ['57'], prerelease: [] }],
    ['2026.08.22', { package: null, numbers: ['2026', '8', '22'], prerelease: [] }],
  ])('%s is a version', (release, expected) => {
    expect(parseReleaseVersion(release)).toEqual(expected)
  })

  it.each([
    '9c7f19f96562a1b2c3d4e5f60718293a4b5c6d7e',
    '9c7f19f',
    'main',
    'shop@',
    'shop@main-2026',
    '1.2.3.4.5',
    '1..2',
    '',
    `1.${'0'.repeat(300)}`,
    '1'.repeat(40),
  ])('%s is none', (release) => {
    expect(parseReleaseVersion(release)).toBeNull()
  })
})

describe('versions', () => {
  it('stand in the order of semantic versioning', () => {
    const ordered = [
      '0.9',
      '1.0.0-alpha',
      '1.0.0-alpha.1',
      '1.0.0-alpha.beta',
      '1.0.0-beta',
      '1.0.0-beta.2',
      '1.0.0-beta.11',
      '1.0.0-rc.1',
      '1.0.0',
      '1.0.0.1',
      '1.2',
      '1.10',
      '2',
      '20261122123456789012',
    ].map(read)
    for (const [i, a] of ordered.entries()) {
      for (const [j, b] of ordered.entries())
        expect(Math.sign(compareVersions(a, b)), `${i} ${j}`).toBe(Math.sign(i - j))
    }
  })

  it('are the same without what is missing or says nothing', () => {
    expect(compareVersions(read('1'), read('1.0.0'))).toBe(0)
    expect(compareVersions(read('v1.02'), read('other@1.2.0+5'))).toBe(0)
  })
})
