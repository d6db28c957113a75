import { expect, it } from 'vitest'
import { MOST_LISTS, coloured, listsIn, recordAt, toggled } from './lists'

it('reads the chosen registers of an address, each once and not too many', () => {
  expect(listsIn('river_outlet,zone,zone,<b>,')).toEqual(['river_outlet', 'zone'])
  expect(listsIn(undefined)).toEqual([])
  expect(listsIn(Array.from({ length: 20 }, (_, n) => `list${n}`).join(','))).toHaveLength(MOST_LISTS)
  expect(toggled(['a', 'b'], 'a')).toEqual(['b'])
  expect(toggled(['a'], 'b')).toEqual(['a', 'b'])
})

it('keeps the colour of a register while others come and go', () => {
  const first = coloured(['a', 'b'], new Map(), ['red', 'blue', 'green'])
  expect([...first]).toEqual([['a', 'red'], ['b', 'blue']])
  const second = coloured(['b', 'c'], first, ['red', 'blue', 'green'])
  expect([...second]).toEqual([['b', 'blue'], ['c', 'red']])
})

it('tells a record from a subject', () => {
  expect(recordAt('river_outlet/demo-1/a')).toEqual({ register: 'river_outlet', id: 'demo-1/a' })
  expect(recordAt('17')).toBeNull()
})
