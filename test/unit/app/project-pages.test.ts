import { describe, expect, it } from 'vitest'
import { findProjectPage, PROJECT_PAGES } from '../../../app/routes/(app)/project-pages.ts'

describe('findProjectPage', () => {
  it.each(PROJECT_PAGES)('knows "$title" by its route', (page) => {
    expect(findProjectPage(`/(app)/[group]/[project]${page.path && `/${page.path}`}`)).toBe(page)
  })

  it('takes an issue for one of the list', () => {
    expect(findProjectPage('/(app)/[group]/[project]/issues/[shortId]')?.path).toBe('')
  })

  it('takes what lies below a page for the page', () => {
    expect(findProjectPage('/(app)/[group]/[project]/settings/members')?.path).toBe('settings')
  })

  it.each([null, '/(app)', '/(app)/-/account', '/(app)/[group]/[project]/elsewhere'])('knows none for %s', (route) => {
    expect(findProjectPage(route)).toBeNull()
  })
})
