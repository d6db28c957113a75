import { describe, expect, it } from 'vitest'
import { beyond, compareDecimal } from './decimal'

describe('compareDecimal', () => {
  it.each([
    ['35', '35.0', 0],
    ['35.0000000000000000001', '35', 1],
    ['9.9', '10', -1],
    ['-1', '0', -1],
    ['-2', '-1', -1],
    ['-0', '0', 0],
    ['.5', '0.50', 0],
    ['007', '7', 0],
  ])('%s and %s', (a, b, order) => expect(compareDecimal(a, b)).toBe(order))

  it('refuses what is no plain decimal', () => {
    expect(compareDecimal('1e3', '1')).toBeNull()
    expect(compareDecimal('', '1')).toBeNull()
    expect(compareDecimal('未检出', '1')).toBeNull()
  })
})

describe('beyond', () => {
  it('does not call the limit itself an exceedance', () => expect(beyond('35.00', '35')).toBe(false))
  it('sees the last digit', () => expect(beyond('35.01', '35')).toBe(true))
  it('knows lower limits', () => expect(beyond('5.9', '9', '6')).toBe(true))
  it('never judges what is missing', () => expect(beyond(null, '0')).toBe(false))
})
