// Interpolated air on the map: bands between the limits of the classes, in the colours of the one token file, below water
// and names.

import type { GeoJSONSource, LayerSpecification, Map as GlMap } from 'maplibre-gl'
import type { AirBands } from '@/api/types'
import { aqiToken } from '@/tokens/palette'
import type { MapTheme } from './style'

export const AIR_FACTORS = ['aqi', 'pm25', 'pm10', 'o3', 'no2', 'so2', 'co'] as const
export type AirFactor = (typeof AIR_FACTORS)[number]

const SOURCE = 'air'
/** Water, roads, names and points lie above. */
const BELOW = 'lakes-fill'
/** So that the ground and what lies on it stay readable. */
const OPACITY: Record<MapTheme, number> = { light: 0.42, dark: 0.38 }

interface Painted {
  level: number
  above: string | null | undefined
  up_to: string | null | undefined
  paint: string
}

/** Bands as they are drawn: `paint` is the colour of the class, `level` 0 where it has none. */
export function painted(bands: AirBands | null): GeoJSON.FeatureCollection<GeoJSON.Geometry, Painted> {
  return {
    type: 'FeatureCollection',
    features: (bands?.features ?? []).map((band) => ({
      type: 'Feature',
      geometry: band.geometry as unknown as GeoJSON.Geometry,
      properties: { level: band.properties.level ?? 0, above: band.properties.above, up_to: band.properties.up_to, paint: aqiToken(band.properties.level).colour },
    })),
  }
}

function layers(theme: MapTheme, scale: number): LayerSpecification[] {
  return [
    { id: 'air-fill', source: SOURCE, type: 'fill', paint: { 'fill-color': ['get', 'paint'], 'fill-opacity': OPACITY[theme], 'fill-antialias': false } },
    { id: 'air-line', source: SOURCE, type: 'line', paint: { 'line-color': ['get', 'paint'], 'line-width': 0.8 * scale, 'line-opacity': 0.7 } },
  ]
}

/** Puts the bands onto the map, in place of those that were there. */
export function putAirBands(map: GlMap, bands: AirBands | null, theme: MapTheme, scale: number): void {
  const source = map.getSource(SOURCE)
  if (source) {
    void (source as GeoJSONSource).setData(painted(bands))
    return
  }
  if (!bands) return
  map.addSource(SOURCE, { type: 'geojson', data: painted(bands) })
  for (const layer of layers(theme, scale)) map.addLayer(layer, map.getLayer(BELOW) ? BELOW : undefined)
}
