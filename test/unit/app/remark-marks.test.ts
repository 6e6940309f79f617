import { describe, expect, it } from 'vitest'
import { listMarks } from '../../../app/lib/domain/event/remark-marks.ts'

const hidden = { rule: '@password:filter', kind: 'SUBSTITUTED', originalLength: null }
const cut = { rule: '!limit', kind: 'CUT', originalLength: 9_000 }

describe('the marks beside a value', () => {
  it('are those of the value itself, and of what is inside of it, which they name', () => {
    const remarks = [
      { path: 'extra.config.password', ...hidden },
      { path: 'extra.configured', ...hidden },
    ]
    expect(listMarks(remarks, 'extra.config.password')).toEqual([
      { label: 'hidden', text: 'Hidden: its name says that it is a secret' },
    ])
    expect(listMarks(remarks, 'extra.config')).toEqual([
      { label: 'hidden', text: 'password: Hidden: its name says that it is a secret' },
    ])
    expect(listMarks(remarks, 'extra.config', { isWhole: true })).toEqual([])
    expect(listMarks(remarks, 'extra.other')).toEqual([])
  })

  it('tell how much was cut, where what is left of it is at hand', () => {
    const remarks = [{ path: 'exception.values.0.value', ...cut }]
    expect(listMarks(remarks, 'exception.values.0.value', { value: 'x'.repeat(8_192) })).toEqual([
      { label: 'cut', text: 'Cut from 9,000 to 8,192 characters' },
    ])
    expect(listMarks(remarks, 'exception.values.0')).toEqual([{ label: 'cut', text: 'value: Cut: it was 9,000 long' }])
  })

  it('say what was removed, and what another rule changed', () => {
    const remarks = [
      { path: 'user.ip_address', rule: '@ip:remove', kind: 'REMOVED', originalLength: null },
      { path: 'user.id', rule: 'project:7', kind: 'PSEUDONYMIZED', originalLength: null },
    ]
    expect(listMarks(remarks, 'user').map(({ label }) => label)).toEqual(['removed', 'changed'])
  })

  it('are a few: what is more stands in the list of notes', () => {
    const remarks = Array.from({ length: 9 }, (_, index) => ({ path: `extra.config.token${index}`, ...hidden }))
    const marks = listMarks(remarks, 'extra.config')
    expect(marks).toHaveLength(6)
    expect(marks[5]?.label).toBe('4 more')
  })
})
