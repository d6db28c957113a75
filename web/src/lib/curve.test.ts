import { describe, expect, it } from 'vitest'
import type { Observations } from '@/api/types'
import { curve, mainSeries } from './curve'

function source(items: [string, string | null][], limit: string | null = null): Observations {
  return {
    series: { id: 1, subject: 1, factor: 'a21026', grain: 'hour', statistic: 'Avg', unit: 'mg/m3', name_zh: '二氧化硫', name_en: 'SO2' },
    unit: 'mg/m3',
    limit,
    from: '2026-11-24T00:00:00+08:00',
    to: '2026-11-25T00:00:00+08:00',
    items: items.map(([time, value]) => ({ time: `2026-11-24T${time}:00+08:00`, value, origin: 'uploaded', revision: 1 })),
  }
}

describe('curve', () => {
  it('breaks where values are missing', () => {
    expect(curve(source([['00:00', '1'], ['01:00', null], ['02:00', '0']])).map((p) => p.value)).toEqual([1, null, 0])
  })
  it('breaks over a silence', () => {
    expect(curve(source([['00:00', '1'], ['01:00', '1'], ['02:00', '1'], ['08:00', '2']])).map((p) => p.value)).toEqual([1, 1, 1, null, 2])
    expect(curve(source([['00:00', '1'], ['02:00', '2']])).map((p) => p.value)).toEqual([1, 2])
  })
  it('marks only what lies beyond the limit', () => {
    expect(curve(source([['00:00', '35'], ['01:00', '35.01'], ['02:00', null]], '35')).map((p) => p.beyond)).toEqual([false, true, false])
  })
})

describe('mainSeries', () => {
  const one = (id: number, subject: number, grain: 'hour' | 'day' | 'realtime', statistic: string) => ({ id, subject, grain, statistic, factor: 'a21026', unit: '', name_zh: '', name_en: '' })
  it('prefers hours and the converted mean', () => {
    expect(mainSeries([one(1, 7, 'day', 'ZsAvg'), one(2, 7, 'hour', 'Max'), one(3, 7, 'hour', 'Avg'), one(4, 7, 'hour', 'ZsAvg')], 7)?.id).toBe(4)
  })
  it('never takes the series of something else', () => expect(mainSeries([one(1, 8, 'hour', 'Avg')], 7)).toBeNull())
})
