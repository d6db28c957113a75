import { describe, expect, it } from 'vitest'
import { MISSING, endOfSecond, exactTime, bytes, count, dueTime, figure, measured, minuteTime, multiple, periodTime, shortTime, toStamp, trimDecimal } from './format'

describe('missing is never zero', () => {
  it('stays a dash', () => {
    expect(figure(null)).toBe(MISSING)
    expect(count(undefined)).toBe(MISSING)
    expect(measured(null, 'mg/m3')).toBe(MISSING)
    expect(minuteTime(null)).toBe(MISSING)
    expect(bytes(null)).toBe(MISSING)
  })
  it('zero is a figure', () => {
    expect(figure(0)).toBe('0')
    expect(count(0)).toBe('0')
    expect(measured('0', 'mg/L')).toBe('0 mg/L')
  })
  it('keeps the words of the sender', () => expect(measured(null, 'mg/L', '未检出')).toBe('未检出'))
})

describe('figures', () => {
  it('keep the digits as sent', () => expect(measured('36.910', 'mg/m3')).toBe('36.910 mg/m³'))
  it('are grouped', () => expect(count(1234567)).toBe('1\u2009234\u2009567'))
  it('are cut for a glance', () => {
    expect(trimDecimal('0.5199', 2)).toBe('0.51')
    expect(trimDecimal('12', 2)).toBe('12')
    expect(trimDecimal('3.0049', 2)).toBe('3')
    expect(multiple('1.2', '倍')).toBe('1.2倍')
  })
})

describe('times', () => {
  it('are civil time of the district, whatever the browser thinks', () => {
    expect(minuteTime('2026-11-24T08:00:00+08:00')).toBe('2026-11-24 08:00')
    expect(minuteTime('2026-11-24T00:00:00Z')).toBe('2026-11-24 08:00')
    expect(minuteTime('nonsense')).toBe(MISSING)
  })
  it('are short on the same day', () => {
    const now = Date.parse('2026-11-24T20:00:00+08:00')
    expect(shortTime('2026-11-24T08:00:00+08:00', now)).toBe('08:00')
    expect(shortTime('2026-11-23T08:00:00+08:00', now)).toBe('11-23 08:00')
  })
  it('of a limit in days are the last day itself', () => {
    expect(dueTime('2026-12-01T00:00:00+08:00')).toBe('2026-11-30')
    expect(dueTime('2026-11-30T16:00:00Z')).toBe('2026-11-30')
    expect(dueTime('2026-12-01T09:30:00+08:00')).toBe('2026-12-01 09:30')
    expect(dueTime(null)).toBe(MISSING)
  })
  it('follow the grain', () => {
    expect(periodTime('2026-11-24T00:00:00+08:00', 'day')).toBe('2026-11-24')
    expect(periodTime('2026-11-01T00:00:00+08:00', 'month')).toBe('2026-11')
  })
  it('include what happened within their second', () => {
    expect(endOfSecond('2026-11-24T08:00:05+08:00')).toBe('2026-11-24T08:00:05.999+08:00')
    expect(endOfSecond('2026-11-24T08:00:05.120+08:00')).toBe('2026-11-24T08:00:05.120+08:00')
    expect(exactTime('2026-11-24T08:00:05.120+08:00')).toBe('2026-11-24 08:00:05.120')
    expect(exactTime('2026-11-24T08:00:05+08:00')).toBe('2026-11-24 08:00:05')
    expect(exactTime(null)).toBe(MISSING)
  })
  it('go back to the server with an offset', () => {
    expect(toStamp(Date.parse('2026-11-24T00:00:00Z'))).toBe('2026-11-24T08:00:00+08:00')
  })
})

it('bytes are readable', () => {
  expect(bytes(512)).toBe('512 B')
  expect(bytes(1536)).toBe('1.5 KiB')
})
