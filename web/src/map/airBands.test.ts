import { expect, it } from 'vitest'
import type { AirBands } from '@/api/types'
import { NONE, aqiToken } from '@/tokens/palette'
import { painted } from './airBands'

it('paints a band in the colour of its class, and one without a class grey', () => {
  const band = (level: number | null) => ({ type: 'Feature', geometry: { type: 'Polygon', coordinates: [] }, properties: { level, names: { zh: '', en: '' }, above: '50', up_to: null } })
  const drawn = painted({ features: [band(2), band(null)] } as unknown as AirBands).features
  expect(drawn.map((f) => f.properties?.paint)).toEqual([aqiToken(2).colour, NONE.colour])
  expect(drawn.map((f) => f.properties?.level)).toEqual([2, 0])
  expect(painted(null).features).toEqual([])
})
