// Looking back on the map: a row of full hours that ends with the present, and how an hour stands in the address.

import { toStamp } from '@/lib/format'

export const HOUR = 3_600_000
/** Hours that can be looked back. */
export const SPANS = [24, 48, 72] as const

/** The last full hour; the district's offset is whole hours. */
export function fullHour(ms: number): number {
  return Math.floor(ms / HOUR) * HOUR
}

/** The instant at a step of the row: full hours, the last step is the present (null). */
export function instantAt(step: number, now: number, span: number): number | null {
  return step >= span ? null : fullHour(now) - (span - 1 - step) * HOUR
}

/** The step at which an instant stands; one before the row stands at its begin. */
export function stepOf(at: number | null, now: number, span: number): number {
  if (at === null) return span
  const back = Math.round((fullHour(now) - at) / HOUR)
  return Math.max(0, Math.min(span - 1, span - 1 - back))
}

/** `2026-11-28T08:00`: an instant in the address, civil time of the district. */
export function toAddress(at: number): string {
  return toStamp(at).slice(0, 16)
}

/** An instant from the address; null for the present, for what is no time and for what has not come yet. */
export function fromAddress(text: unknown, now: number): number | null {
  if (typeof text !== 'string' || !/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/.test(text)) return null
  const at = Date.parse(`${text}:00+08:00`)
  return Number.isNaN(at) || at > now ? null : fullHour(at)
}
