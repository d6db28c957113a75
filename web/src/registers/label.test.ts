import { expect, it } from 'vitest'
import type { RegisterView } from '@/api/types'
import { codeField, codeText, filled, leastSide, printable, usual } from './label'

const field = (name: string, type: string, more: object = {}): object => ({ name, zh: name, en: name, type, ...more })
const view = {
  definition: {
    title: ['number', 'what'], key: [{ fields: ['what', 'day'] }, { fields: ['number'] }],
    field: [field('number', 'text', { required: true }), field('what', 'text', { required: true }), field('day', 'date'), field('spot', 'point', { required: true }), field('label_side', 'integer', { required: true })],
  },
} as unknown as RegisterView

it('takes the key that names a thing alone, and its page where there is none', () => {
  expect(codeField(view)?.name).toBe('number')
  expect(codeText(view, { number: 'A1' }, '/p')).toBe('A1')
  expect(codeText(view, {}, '/p')).toBe('/p')
})

it('is as large as the thing asks for', () => {
  expect([leastSide({}), leastSide({ label_side: 100 }), leastSide({ label_side: '150' }), leastSide({ label_side: 500 }), leastSide({ label_side: 20 })]).toEqual([100, 100, 150, 200, 60])
})

it('shows what names the thing and what it must have', () => {
  expect(printable(view).map((f) => f.name)).toEqual(['number', 'what', 'day', 'label_side'])
  expect(usual(view)).toEqual(['what'])
  expect(filled(printable(view), ['what', 'day'], { what: 'x' }).map((f) => f.name)).toEqual(['what'])
})
