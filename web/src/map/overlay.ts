// Records on the map: points, lines and areas above the base layers, from GeoJSON or, where there are many, from tiles.

import type { ExpressionSpecification, LayerSpecification, Map as GlMap } from 'maplibre-gl'
import type { MapTheme } from './style'

export interface Overlay {
  /** Features with `id`, `title` and, where they are painted one by one, `paint`. */
  features?: GeoJSON.FeatureCollection
  /** Address of vector tiles with `{z}/{x}/{y}`, and the layer within them. */
  tiles?: { url: string; layer: string }
  /** Colours of the codes in `colour`. */
  colours?: { code: string; colour: string }[]
}

/** Layers of the overlay from below to above; the last ones are looked at first for a click. */
export const OVERLAY_LAYERS = ['overlay-fill', 'overlay-line', 'overlay-point', 'overlay-label'] as const
const SOURCE = 'overlay'
const FONT = ['Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', 'sans-serif']
const PLAIN = '#0b6b63'

function layers(theme: MapTheme, scale: number, overlay: Overlay): LayerSpecification[] {
  const codes = (overlay.colours ?? []).flatMap((c) => [c.code, c.colour])
  const byCode = codes.length > 0 ? (['match', ['to-string', ['get', 'colour']], ...codes, PLAIN] as unknown as ExpressionSpecification) : PLAIN
  const colour: ExpressionSpecification = ['coalesce', ['get', 'paint'], byCode]
  const tileLayer = overlay.tiles?.layer ?? null
  const halo = theme === 'dark' ? '#06131a' : '#ffffff'
  const at = { source: SOURCE, ...(tileLayer === null ? {} : { 'source-layer': tileLayer }) }
  return [
    { id: 'overlay-fill', ...at, type: 'fill', filter: ['==', ['geometry-type'], 'Polygon'], paint: { 'fill-color': colour, 'fill-opacity': 0.22 } },
    { id: 'overlay-line', ...at, type: 'line', filter: ['!=', ['geometry-type'], 'Point'], paint: { 'line-color': colour, 'line-width': 1.8 * scale } },
    { id: 'overlay-point', ...at, type: 'circle', filter: ['==', ['geometry-type'], 'Point'], paint: { 'circle-color': colour, 'circle-radius': ['interpolate', ['linear'], ['zoom'], 8, 3.5 * scale, 13, 7 * scale], 'circle-stroke-color': halo, 'circle-stroke-width': 1.4 * scale } },
    { id: 'overlay-label', ...at, type: 'symbol', minzoom: 11.5, layout: { 'text-field': ['coalesce', ['get', 'title'], ''], 'text-font': FONT, 'text-size': 11 * scale, 'text-variable-anchor': ['top', 'bottom'], 'text-radial-offset': 0.9, 'text-max-width': 10, 'text-optional': true }, paint: { 'text-color': theme === 'dark' ? '#bcd6d1' : '#37463f', 'text-halo-color': halo, 'text-halo-width': 1.4 * scale } },
  ]
}

/** Puts the overlay onto the map, in place of the one that was there. */
export function putOverlay(map: GlMap, overlay: Overlay | null | undefined, theme: MapTheme, scale: number): void {
  const source = map.getSource(SOURCE)
  if (overlay?.features && !overlay.tiles && source?.type === 'geojson') {
    void (source as unknown as { setData: (data: GeoJSON.FeatureCollection) => void }).setData(overlay.features)
    return
  }
  for (const id of OVERLAY_LAYERS) if (map.getLayer(id)) map.removeLayer(id)
  if (source) map.removeSource(SOURCE)
  if (!overlay) return
  if (overlay.tiles) map.addSource(SOURCE, { type: 'vector', tiles: [new URL(overlay.tiles.url, location.origin).href.replaceAll('%7B', '{').replaceAll('%7D', '}')], maxzoom: 15 })
  else map.addSource(SOURCE, { type: 'geojson', data: overlay.features ?? { type: 'FeatureCollection', features: [] } })
  for (const layer of layers(theme, scale, overlay)) map.addLayer(layer)
}
