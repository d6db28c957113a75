// Observations of a series as a curve: gaps stay gaps, exceedances are told by exact comparison.

import type { Grain, Observations, Series } from '@/api/types'
import { beyond } from './decimal'

export interface CurvePoint {
  time: number
  /** Null where there is no number; the curve breaks there. */
  value: number | null
  /** As sent. */
  text: string
  flag: string | null
  beyond: boolean
}

/** Typical distance of two values by grain, milliseconds; a longer one is a gap. */
const STEP: Record<string, number> = { realtime: 60_000, minute: 600_000, hour: 3_600_000, day: 86_400_000, month: 2_678_400_000, year: 31_622_400_000 }

/** How far apart the values usually stand: loggers send every half minute or every ten. */
function usual(times: number[]): number {
  const steps = times.slice(1).map((time, i) => time - (times[i] ?? time)).sort((a, b) => a - b)
  return steps[Math.floor(steps.length / 2)] ?? 0
}

/** The curve; between two values further apart than `gap` steps stands a missing one. */
export function curve(source: Observations, gap = 3): CurvePoint[] {
  const out: CurvePoint[] = []
  const step = Math.max(STEP[source.series.grain] ?? 3_600_000, usual(source.items.map((i) => Date.parse(i.time)))) * gap
  for (const item of source.items) {
    const time = Date.parse(item.time)
    const last = out.at(-1)
    if (last && time - last.time > step) out.push({ time: last.time + 1, value: null, text: '', flag: null, beyond: false })
    const number = item.value == null ? Number.NaN : Number(item.value)
    out.push({
      time,
      value: Number.isFinite(number) ? number : null,
      text: item.value ?? item.text ?? '',
      flag: item.flag ?? null,
      beyond: beyond(item.value, source.limit, source.limit_min),
    })
  }
  return out
}

/** Converted before plain, mean before real time. */
const STATISTICS = ['ZsAvg', 'Avg', 'ZsRtd', 'Rtd']
const GRAINS: Grain[] = ['hour', 'minute', 'realtime', 'day', 'month', 'year']

/** The series to show first of a subject: hours before shorter and longer periods, the judged statistic first. */
export function mainSeries(list: readonly Series[], subject: number): Series | null {
  const rank = (order: readonly string[], name: string): number => (order.includes(name) ? order.indexOf(name) : order.length)
  return (
    list
      .filter((s) => s.subject === subject)
      .sort((a, b) => rank(GRAINS, a.grain) - rank(GRAINS, b.grain) || rank(STATISTICS, a.statistic) - rank(STATISTICS, b.statistic))[0] ?? null
  )
}
