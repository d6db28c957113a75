import { expect, it } from 'vitest'
import { HOUR, SPANS, fromAddress, fullHour, instantAt, stepOf, toAddress } from './moment'

const now = Date.parse('2026-11-28T10:20:30+08:00')

it('is a row of full hours that ends with the present', () => {
  for (const span of SPANS) {
    expect(instantAt(span, now, span)).toBeNull()
    expect(instantAt(span - 1, now, span)).toBe(Date.parse('2026-11-28T10:00:00+08:00'))
    expect(instantAt(0, now, span)).toBe(fullHour(now) - (span - 1) * HOUR)
    for (let step = 0; step <= span; step += 1) expect(stepOf(instantAt(step, now, span), now, span)).toBe(step)
  }
  expect(stepOf(now - 400 * HOUR, now, 24)).toBe(0)
})

it('stands in the address as civil time, and what cannot be meant is the present', () => {
  const at = instantAt(5, now, 24)!
  expect(toAddress(at)).toBe('2026-11-27T16:00')
  expect(fromAddress(toAddress(at), now)).toBe(at)
  for (const bad of [undefined, '', 'now', '2026-11-28', '2026-13-28T10:00', '2026-11-28T11:00', ['2026-11-27T16:00']]) expect(fromAddress(bad, now)).toBeNull()
})
