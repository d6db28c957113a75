// How figures, times and sizes are written. Missing is «—» and never 0; times are the district's civil time.

import { english } from '@/i18n'
import { unitEnglish } from './names'

/** What stands where nothing is known. */
export const MISSING = '—'

/** A count or measured figure as text; missing stays missing. */
export function figure(value: string | number | null | undefined): string {
  if (value == null || value === '') return MISSING
  return String(value)
}

/** A count with thousands separated by thin spaces, as GB/T 15835 writes them. */
export function count(value: number | null | undefined): string {
  if (value == null) return MISSING
  return Math.trunc(value).toString().replace(/\B(?=(\d{3})+(?!\d))/g, '\u2009')
}

/** A value with its unit; the words of the sender («未检出») where there is no number. */
export function measured(value: string | null | undefined, unit: string | null | undefined, text?: string | null): string {
  if (value == null || value === '') return text == null || text === '' ? MISSING : text
  const sign = unitText(unit)
  return sign === '' ? value : `${value} ${sign}`
}

/** Units as people write them: `ug/m3` → `μg/m³`; where English is read, in English. */
export function unitText(unit: string | null | undefined): string {
  if (unit == null) return ''
  return (english.value ? unitEnglish(unit) : unit)
    .replace(/^ug\//, 'μg/')
    .replace(/m3\b/, 'm³')
    .replace(/m2\b/, 'm²')
    .replace(/^degC$|^℃$/, '℃')
}

/** Multiple beyond the limit, `0.52` → `0.52 倍` as the law's forms write it. */
export function multiple(value: string | null | undefined, word: string): string {
  if (value == null || value === '') return MISSING
  return `${trimDecimal(value, 2)}${word}`
}

/** At most `places` decimals, cut, not rounded: for a glance only; the exact figure stands beside or behind it. */
export function trimDecimal(value: string, places: number): string {
  const dot = value.indexOf('.')
  if (dot < 0 || value.length - dot - 1 <= places) return value
  return value.slice(0, dot + 1 + places).replace(/\.?0+$/, '') || '0'
}

const CIVIL = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2})(?::(\d{2}))?(?:\.\d+)?\+08:00$/

const shanghai = new Intl.DateTimeFormat('sv-SE', {
  timeZone: 'Asia/Shanghai',
  year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit',
})

function civil(stamp: string): string | null {
  const match = CIVIL.exec(stamp)
  if (match) return `${match[1]} ${match[2]}:${match[3] ?? '00'}`
  const at = Date.parse(stamp)
  return Number.isNaN(at) ? null : shanghai.format(at)
}

/** `2026-11-24 08:00`, civil time of the district. */
export function minuteTime(stamp: string | null | undefined): string {
  if (!stamp) return MISSING
  return civil(stamp)?.slice(0, 16) ?? MISSING
}

/** A time limit: one in days ends at midnight and is written as the day that is over then, any other with its minute. */
export function dueTime(stamp: string | null | undefined): string {
  if (!stamp) return MISSING
  const text = civil(stamp)
  if (text == null) return MISSING
  if (!text.endsWith('00:00:00')) return text.slice(0, 16)
  return shanghai.format(Date.parse(stamp) - 1000).slice(0, 10)
}

/** `2026-11-24 08:00:00` */
export function secondTime(stamp: string | null | undefined): string {
  if (!stamp) return MISSING
  return civil(stamp) ?? MISSING
}

/** `2026-11-24 08:00:00.250`; without milliseconds where none are told. */
export function exactTime(stamp: string | null | undefined): string {
  const part = /\.(\d{3})\d*(?=[+Z]|$)/.exec(stamp ?? '')
  return part ? `${secondTime(stamp)}.${part[1]}` : secondTime(stamp)
}

/** `08:00` where it is today, else `11-23 08:00`. */
export function shortTime(stamp: string | null | undefined, now: number): string {
  if (!stamp) return MISSING
  const text = civil(stamp)
  if (text == null) return MISSING
  return text.slice(0, 10) === shanghai.format(now).slice(0, 10) ? text.slice(11, 16) : text.slice(5, 16)
}

/** Start of a period by its grain: a day is a date, an hour ends in `时`. */
export function periodTime(stamp: string | null | undefined, grain: string | null | undefined): string {
  if (!stamp) return MISSING
  const text = civil(stamp)
  if (text == null) return MISSING
  if (grain === 'year') return text.slice(0, 4)
  if (grain === 'month') return text.slice(0, 7)
  if (grain === 'day') return text.slice(0, 10)
  return grain === 'realtime' ? text : text.slice(0, 16)
}

/** The last instant of a second: stamps name seconds, and what happened within one is known at its end. */
export function endOfSecond(stamp: string): string {
  return stamp.replace(/(T\d{2}:\d{2}:\d{2})(?=[+Z])/, '$1.999')
}

/** Instant as the API takes it, with the district's offset. */
export function toStamp(ms: number): string {
  return `${shanghai.format(ms).replace(' ', 'T')}+08:00`
}

/** Bytes in the largest unit that keeps a whole part. */
export function bytes(value: number | null | undefined): string {
  if (value == null) return MISSING
  let rest = value
  for (const unit of ['B', 'KiB', 'MiB', 'GiB']) {
    if (rest < 1024) return `${unit === 'B' ? rest : rest.toFixed(1)} ${unit}`
    rest /= 1024
  }
  return `${rest.toFixed(1)} TiB`
}
