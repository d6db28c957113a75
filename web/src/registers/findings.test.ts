import { expect, it } from 'vitest'
import type { Finding } from '@/api/types'
import { elsewhere, of, ofCell, place, touchedOnly, within } from './findings'
import { inputs } from './form'
import { sample } from './sample'

const finding = (field: string, code = 'range'): Finding => ({ field, code, names: { zh: field, en: field }, value: null, expected: { zh: '', en: '' } })
const list = [finding('amount'), finding('parts[2].share'), finding('parts[9].part', 'required'), finding('gone'), finding('parts[1].gone'), finding('code', 'required')]

it('reads places of fields, rows and cells', () => {
  expect(place('amount')).toEqual({ field: 'amount', row: null, sub: null })
  expect(place('parts[2].share')).toEqual({ field: 'parts', row: 1, sub: 'share' })
  expect(place('parts[3]')).toEqual({ field: 'parts', row: 2, sub: null })
  for (const text of ['', 'a b', 'parts[].x', '[1].x', 'parts[1].']) expect(place(text), text).toBeNull()
})

it('gives every finding one input, and keeps what has none', () => {
  expect(of(list, 'amount')).toHaveLength(1)
  expect(of(list, 'parts')).toHaveLength(0)
  expect(ofCell(list, 'parts', 1, 'share')).toHaveLength(1)
  expect(ofCell(list, 'parts', 0, 'share')).toHaveLength(0)
  expect(within(list, 'parts')).toHaveLength(3)
  expect(elsewhere(list, inputs(sample)).map((f) => f.field)).toEqual(['gone', 'parts[1].gone'])
})

it('does not scold for what is still to come', () => {
  expect(touchedOnly(list, new Set(['parts', 'code'])).map((f) => f.field)).toEqual(['parts[2].share', 'parts[1].gone'])
})
