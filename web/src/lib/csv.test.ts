import { expect, it } from 'vitest'
import { cell, csv } from './csv'

it('quotes what needs it', () => {
  expect(cell('a,b')).toBe('"a,b"')
  expect(cell('say "x"')).toBe('"say ""x"""')
  expect(cell('plain')).toBe('plain')
})

it('disarms formulas and leaves numbers alone', () => {
  expect(cell('=1+1')).toBe("'=1+1")
  expect(cell('@SUM(A1)')).toBe("'@SUM(A1)")
  expect(cell('-3.5')).toBe('-3.5')
  expect(cell('-cmd')).toBe("'-cmd")
})

it('starts with the mark spreadsheets need', () => expect(csv([['名称'], ['一厂']])).toBe('\uFEFF名称\r\n一厂\r\n'))
