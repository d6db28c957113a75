import { expect, it } from 'vitest'
import { inputs } from './form'
import { sample } from './sample'
import { type Words, range, shown } from './shown'

const words: Words = { name: (x) => x.zh, unit: (code) => `单位${code}`, yes: '是', no: '否', join: (parts) => parts.join('、'), rows: (n) => `${n} 行`, points: (n) => `${n} 点` }
const list = inputs(sample)
const text = (name: string, value: unknown): string => shown(list.find((i) => i.field.name === name) as never, value, words)

it('shows each type as people read it; missing is a dash, never a zero', () => {
  expect(text('code', undefined)).toBe('—')
  expect(text('n', 0)).toBe('0')
  expect(text('yes', false)).toBe('否')
  expect(text('kind', 'b')).toBe('乙')
  expect(text('kind', 'zz'), 'a code nobody knows stays visible').toBe('zz')
  expect(text('amount', '3.50')).toBe('3.50 μg/m³')
  expect(text('at', '2026-03-01T08:30:00+08:00')).toBe('2026-03-01 08:30')
  expect(text('unit', '01')).toBe('单位01')
  expect(text('spot', { type: 'Point', coordinates: [1, 2] })).toBe('1, 2')
  expect(text('ground', { type: 'Polygon', coordinates: [[[0, 0], [1, 0], [1, 1], [0, 0]]] })).toBe('4 点')
  expect(text('doc', { name: '甲.pdf' })).toBe('甲.pdf')
  expect(text('words', ['x', 'y'])).toBe('x、y')
  expect(text('parts', [{ part: 'p' }, { part: 'q' }])).toBe('2 行')
})

it('says the range with its unit', () => {
  const of = (name: string): string => range(list.find((i) => i.field.name === name)?.field as never)
  expect(of('amount')).toBe('0 – 10 μg/m³')
  expect(of('n')).toBe('≥ 1')
  expect(of('code')).toBe('')
})
