import { describe, expect, it } from 'vitest'
import type { UnitView } from '@/api/plan'
import { askedRows, filled } from './asked'

const desk = {
  leads: [{ id: '3.1.1', title: '国土空间格局', progress: '0.4' }],
  with: [],
  town_tasks: [],
  indicators: [{ no: 5, name: '黑臭水体比例', unit: '%', current: '0' }],
  projects: [{ id: 'p/1', name: '污水厂提标', progress: null }],
} as unknown as UnitView
const percent = (share: string | null | undefined): string => (share == null ? '—' : `${Number(share) * 100}%`)

describe('askedRows', () => {
  const rows = askedRows([{ kind: 'task', item: '3.1.1' }, { kind: 'indicator', item: '5' }, { kind: 'project', item: 'p/1' }, { kind: 'all', item: '*' }, { kind: 'task', item: '9.9.9' }], desk, percent)

  it('name each thing and say where it stands', () => {
    expect(rows.map((r) => [r.name, r.stands, r.unit])).toEqual([['国土空间格局', '40%', ''], ['黑臭水体比例', '0', '%'], ['污水厂提标', '—', ''], ['', '', ''], ['', '', '']])
  })

  it('lead to its page', () => {
    expect(rows.map((r) => r.to)).toEqual(['/plan/tasks/3.1.1', '/plan/indicators?no=5', '/registers/plan_project/p%2F1', '', '/plan/tasks/9.9.9'])
  })

  it('are there before the names are', () => {
    expect(askedRows([{ kind: 'task', item: '3.1.1' }], null, percent)[0]).toMatchObject({ item: '3.1.1', name: '', stands: '' })
  })
})

describe('filled', () => {
  it('is a row with a figure or a text; zero is a figure', () => {
    expect([{ percent: '0' }, { value: '3' }, { text: ' 已完成 ' }].map(filled)).toEqual([true, true, true])
  })
  it('is no row with a problem alone, nothing or spaces', () => {
    expect([{ problem: '资金' }, { text: '  ' }, { percent: null }, {}].map(filled)).toEqual([false, false, false, false])
  })
})
