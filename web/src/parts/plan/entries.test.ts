import { describe, expect, it } from 'vitest'
import { entries, shownValue } from './entries'

const document = {
  tasks: [{ id: '3.1.4', section: '3.1', title: '题', text: '文', notes: [{ kind: 'lead', lead: ['分局'], units: [], line: 7 }], firms: [], line: 6 }],
  indicators: [{ no: 1, name: 'PM2.5', unit: null, line: 20 }],
  repairs: [{ line: 3, kind: 'bracket', before: '(', after: '（' }],
}

describe('entries', () => {
  it('name each entry by what it is corrected by, and leave out what is empty', () => {
    const [task] = entries(document, 'tasks')
    expect(task).toMatchObject({ id: '3.1.4', title: '题', line: 6 })
    expect(task?.fields.map(([name]) => name)).toEqual(['title', 'text', 'notes'])
    expect(entries(document, 'indicators')[0]).toMatchObject({ id: '1', title: 'PM2.5' })
  })

  it('give repairs no id: they are not corrected', () => {
    expect(entries(document, 'repairs')[0]).toMatchObject({ id: '', title: 'bracket', line: 3 })
  })

  it('give nothing for a list the document does not have', () => {
    expect(entries(document, 'units')).toEqual([])
  })
})

describe('shownValue', () => {
  it('joins lists and skips line numbers and what is empty', () => {
    expect(shownValue(['甲', '乙'])).toBe('甲；乙')
    expect(shownValue(document.tasks[0]?.notes)).toBe('kind: lead, lead: 分局')
    expect(shownValue(null)).toBe('')
    expect(shownValue(0)).toBe('0')
  })
})
