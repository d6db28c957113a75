import { describe, expect, it } from 'vitest'
import { type Naming, entries, freshRow, shape, shownValue, typed } from './entries'

const document = {
  tasks: [{ id: '3.1.4', section: '3.1', title: '题', text: '文', notes: [{ kind: 'lead', lead: ['分局'], units: [], text: '牵头单位：分局', line: 7 }], firms: [], line: 6 }],
  indicators: [{ no: 1, name: 'PM2.5', unit: null, line: 20 }],
  units: [{ name: '分局', aliases: [], code: null, count: 3 }],
  repairs: [{ line: 3, kind: 'bracket', before: '(', after: '（' }],
}
const naming: Naming = { field: (name) => `<${name}>`, code: (field, value) => `${field}=${value}` }

describe('entries', () => {
  it('name each entry by what it is corrected by, and tell what is empty', () => {
    const [task] = entries(document, 'tasks')
    expect(task).toMatchObject({ id: '3.1.4', title: '题', line: 6, empty: ['firms'] })
    expect(task?.fields.map(([name]) => name)).toEqual(['title', 'text', 'notes'])
    expect(entries(document, 'indicators')[0]).toMatchObject({ id: '1', title: 'PM2.5', empty: ['unit'] })
  })

  it('do not repeat the name a unit is found by among its fields', () => {
    expect(entries(document, 'units')[0]).toMatchObject({ id: '分局', fields: [['count', 3]], empty: ['aliases', 'code'] })
  })

  it('give repairs no id: they are not corrected', () => {
    expect(entries(document, 'repairs')[0]).toMatchObject({ id: '', line: 3 })
  })

  it('give nothing for a list the document does not have', () => {
    expect(entries(document, 'baseline')).toEqual([])
  })
})

describe('shownValue', () => {
  it('joins lists, names fields and codes, and skips line numbers and what is empty', () => {
    expect(shownValue(['甲', '乙'], naming, 'firms')).toBe('甲；乙')
    expect(shownValue(document.tasks[0]?.notes, naming, 'notes')).toBe('<kind> notes.kind=lead，牵头单位：分局，<lead> 分局')
    expect(shownValue(null, naming)).toBe('')
    expect(shownValue(0, naming)).toBe('0')
  })
  it('takes a word for a code only where the field has codes', () => {
    expect([shownValue('lead', naming, 'title'), shownValue('binding', naming, 'kind'), shownValue(false, naming, 'numbered')]).toEqual(['lead', 'kind=binding', 'numbered=false'])
  })
})

describe('editing', () => {
  it('has an input for each shape, also where nothing was read', () => {
    expect([shape('title', '题'), shape('firms', []), shape('notes', []), shape('unit', null), shape('numbered', true), shape('notes.lead', ['甲'])]).toEqual(['text', 'texts', 'rows', 'text', 'flag', 'texts'])
  })
  it('begins a new row with all its fields, each time anew', () => {
    const row = freshRow('notes')
    ;(row.lead as string[]).push('甲')
    expect(freshRow('notes')).toMatchObject({ kind: 'lead', lead: [] })
  })
  it('keeps numbers as numbers and words as words', () => {
    expect([typed('42', 54), typed('42', '54'), typed('[12%]', 54), typed('', 54), typed('', '54'), typed('%', null)]).toEqual([42, '42', '[12%]', null, '', '%'])
  })
})
