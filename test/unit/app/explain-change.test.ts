import { describe, expect, it } from 'vitest'
import { explainProblem, explainRemark } from '../../../app/lib/domain/event/explain-change.ts'

describe('what is not as it was sent', () => {
  it('is told in words, with what a field was', () => {
    expect(explainProblem({ type: 'invalid_data', value: [1] })).toBe(
      'Not in a form that this field can have: left out. It was [1]',
    )
    expect(explainProblem({ type: 'value_too_long', value: null })).toBe('Too long: cut')
    expect(explainProblem({ type: 'js_no_source', value: null })).toBe('js_no_source')
  })

  it('is told by the rule that changed it, or by how long it was', () => {
    const remark = { kind: 'SUBSTITUTED', originalLength: null }
    expect(explainRemark({ ...remark, rule: '@password:filter' })).toBe('Hidden: its name says that it is a secret')
    expect(explainRemark({ ...remark, rule: 'strip-fields' })).toContain('this project’s sensitive fields')
    expect(explainRemark({ ...remark, rule: 'project:7' })).toBe('Changed by the rule project:7')
    expect(explainRemark({ rule: '!limit', kind: 'CUT', originalLength: 9_000 })).toBe('Cut: it was 9,000 long')
    expect(explainRemark({ rule: '!limit', kind: 'REMOVED', originalLength: null })).toBe('Cut: it was over the limit')
  })
})
