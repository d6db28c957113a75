import { expect, it } from 'vitest'
import { chosen, fieldsIn, figureKey, filterable, search } from './filters'
import { sample } from './sample'

it('offers filters for what fits into a cell, in the way its type asks', () => {
  const kinds = Object.fromEntries(filterable(sample).map(({ input, kind }) => [input.field.name, kind]))
  expect(kinds).toEqual({ code: 'exact', kind: 'codes', amount: 'span', n: 'span', day: 'span', at: 'span', yes: 'yesno', other: 'exact', unit: 'units', firm: 'exact', words: 'exact', total: 'span' })
})

it('takes from an address what says which records are meant, and nothing else', () => {
  const query = { q: 'x', state: 'a,b', 'where.kind': 'a', 'where.day.from': '2026-01-01', page: '3', sort: '-code', at: 'r1', view: 'map', overdue: '', 'where.': 'x', list: ['a'] }
  expect(chosen(query)).toEqual({ q: 'x', state: 'a,b', 'where.kind': 'a', 'where.day.from': '2026-01-01' })
  expect(fieldsIn({ ...query, 'where.day.to': '2026-02-01' })).toEqual(['kind', 'day'])
})

it('writes filters as a query that survives the way back', () => {
  const filters = { q: '甲 & 乙', 'where.kind': 'a,b' }
  expect(Object.fromEntries(new URLSearchParams(search(filters)))).toEqual(filters)
  expect(search({})).toBe('')
})

it('asks for the records behind a figure, a rate beside a counter of the same name', () => {
  expect(figureKey({ name: 'paid', numerator: null })).toBe('paid')
  expect(figureKey({ name: 'paid', numerator: '1' })).toBe('rate.paid')
})
