import { expect, it } from 'vitest'
import type { PointCollection } from '@/api/types'
import { NONE, STATE, aqiToken, waterToken } from '@/tokens/palette'
import { drawable, pointToken } from './points'

it('colours stations by level, sections by class, outlets by state', () => {
  expect(pointToken({ kind: 'air_station', level: 3, state: 'normal' })).toBe(aqiToken(3))
  expect(pointToken({ kind: 'air_station', level: null, state: 'exceeding' })).toBe(NONE)
  expect(pointToken({ kind: 'water_section', class: 'IV', state: 'normal' })).toBe(waterToken('IV'))
  expect(pointToken({ kind: 'gas_outlet', state: 'silent' })).toBe(STATE.silent)
})

it('writes — where there is no value, never nothing', () => {
  const p = { id: 1, code: 'x', name: 'x', name_en: '', demo: true, schematic: true, state: 'unknown' as const, alarms: 0 }
  const at = (kind: 'air_station' | 'water_section' | 'gas_outlet') => drawable({ type: 'FeatureCollection', features: [{ type: 'Feature', id: 1, geometry: { type: 'Point', coordinates: [116, 36] }, properties: { ...p, kind } }] }).features[0]?.properties?.figure
  expect([at('air_station'), at('water_section'), at('gas_outlet')]).toEqual(['—', '—', ''])
})

it('keeps every point and puts alarms on top', () => {
  const p = { code: 'x', name: 'x', name_en: '', demo: true, schematic: true, state: 'normal' as const }
  const points: PointCollection = {
    type: 'FeatureCollection',
    features: [
      { type: 'Feature', id: 1, geometry: { type: 'Point', coordinates: [116, 36] }, properties: { ...p, id: 1, kind: 'air_station', aqi: 0, alarms: 0, level: 1 } },
      { type: 'Feature', id: 2, geometry: { type: 'Point', coordinates: [116, 36] }, properties: { ...p, id: 2, kind: 'gas_outlet', alarms: 1 } },
    ],
  }
  const drawn = drawable(points).features
  expect(drawn).toHaveLength(2)
  expect(drawn[0]?.properties?.figure).toBe('0')
  expect(drawn[1]?.properties?.rank).toBeGreaterThan(drawn[0]?.properties?.rank as number)
})
