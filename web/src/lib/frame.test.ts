import { describe, expect, it } from 'vitest'
import { factorNames, pieces } from './frame'

describe('pieces', () => {
  it('cuts at the marked byte', () => {
    expect(pieces('##0123ST', [2])).toEqual([
      { text: '##', at: 0, marks: [] },
      { text: '0', at: 2, marks: [0] },
      { text: '123ST', at: 3, marks: [] },
    ])
  })
  it('counts bytes, not characters', () => {
    expect(pieces('站a', [3]).map((p) => [p.text, p.at])).toEqual([['站', 0], ['a', 3]])
    expect(pieces('\\xFFa', [1]).map((p) => p.text)).toEqual(['\\xFF', 'a'])
  })
  it('marks a character by any of its bytes', () => expect(pieces('站', [1])[0]?.marks).toEqual([0]))
  it('shows a mark beyond the end', () => expect(pieces('##', [9])).toEqual([
    { text: '##', at: 0, marks: [] },
    { text: '', at: 2, marks: [0] },
  ]))
  it('shows line ends', () => expect(pieces('a\r\n', [])[0]?.text).toBe('a\\r\\n'))
})

it('names factors, listed or as a table', () => {
  expect(factorNames(['a21026', 'a34013'])).toEqual(['a21026', 'a34013'])
  expect(factorNames({ a21026: { Rtd: '1' } })).toEqual(['a21026'])
})
