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
  /** The one colour of everything that has none of its own. */
  plain?: string
}

/** A register among others on one map: its name, and its records. */
export interface MapList {
  name: string
  overlay: Overlay
}

/** Kinds of layers from below to above; the last ones are looked at first for a click. */
const KINDS = ['fill', 'line', 'point', 'label'] as const
/** The overlay of a page that shows one thing. */
export const ONE = 'overlay'
/** The overlay of a register that is shown beside others. */
export const keyOf = (list: string): string => `list:${list}`
/** The register an overlay's layer belongs to; null for the page's own. */
export function listOf(layer: string): string | null {
  return /^list:([a-z0-9_]+)-/.exec(layer)?.[1] ?? null
}
/** Layers of an overlay that a pointer may hit. */
export const hitLayers = (key: string): string[] => KINDS.filter((kind) => kind !== 'label').map((kind) => `${key}-${kind}`)

const FONT = ['Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', 'sans-serif']
const PLAIN = '#0b6b63'

function layers(key: string, theme: MapTheme, scale: number, overlay: Overlay): LayerSpecification[] {
  const codes = (overlay.colours ?? []).flatMap((c) => [c.code, c.colour])
  const plain = overlay.plain ?? PLAIN
  const byCode = codes.length > 0 ? (['match', ['to-string', ['get', 'colour']], ...codes, plain] as unknown as ExpressionSpecification) : plain
  const colour: ExpressionSpecification = ['coalesce', ['get', 'paint'], byCode]
  const tileLayer = overlay.tiles?.layer ?? null
  const halo = theme === 'dark' ? '#06131a' : '#ffffff'
  const at = { source: key, ...(tileLayer === null ? {} : { 'source-layer': tileLayer }) }
  return [
    { id: `${key}-fill`, ...at, type: 'fill', filter: ['==', ['geometry-type'], 'Polygon'], paint: { 'fill-color': colour, 'fill-opacity': 0.22 } },
    { id: `${key}-line`, ...at, type: 'line', filter: ['!=', ['geometry-type'], 'Point'], paint: { 'line-color': colour, 'line-width': 1.8 * scale } },
    { id: `${key}-point`, ...at, type: 'circle', filter: ['==', ['geometry-type'], 'Point'], paint: { 'circle-color': colour, 'circle-radius': ['interpolate', ['linear'], ['zoom'], 8, 3.5 * scale, 13, 7 * scale], 'circle-stroke-color': halo, 'circle-stroke-width': 1.4 * scale } },
    { id: `${key}-label`, ...at, type: 'symbol', minzoom: 11.5, layout: { 'text-field': ['coalesce', ['get', 'title'], ''], 'text-font': FONT, 'text-size': 11 * scale, 'text-variable-anchor': ['top', 'bottom'], 'text-radial-offset': 0.9, 'text-max-width': 10, 'text-optional': true }, paint: { 'text-color': theme === 'dark' ? '#bcd6d1' : '#37463f', 'text-halo-color': halo, 'text-halo-width': 1.4 * scale } },
  ]
}

/** Takes an overlay off the map. */
export function dropOverlay(map: GlMap, key: string): void {
  for (const kind of KINDS) if (map.getLayer(`${key}-${kind}`)) map.removeLayer(`${key}-${kind}`)
  if (map.getSource(key)) map.removeSource(key)
}

/** Puts an overlay onto the map, in place of the one that was there; below the layer `before` where one is named. */
export function putOverlay(map: GlMap, overlay: Overlay | null | undefined, theme: MapTheme, scale: number, key = ONE, before?: string): void {
  const source = map.getSource(key)
  if (overlay?.features && !overlay.tiles && source?.type === 'geojson') {
    void (source as unknown as { setData: (data: GeoJSON.FeatureCollection) => void }).setData(overlay.features)
    return
  }
  dropOverlay(map, key)
  if (!overlay) return
  if (overlay.tiles) map.addSource(key, { type: 'vector', tiles: [new URL(overlay.tiles.url, location.origin).href.replaceAll('%7B', '{').replaceAll('%7D', '}')], maxzoom: 15 })
  else map.addSource(key, { type: 'geojson', data: overlay.features ?? { type: 'FeatureCollection', features: [] } })
  for (const layer of layers(key, theme, scale, overlay)) map.addLayer(layer, before && map.getLayer(before) ? before : undefined)
}

/** Puts the registers of a map onto it, below its points; those no longer chosen go. */
export function putLists(map: GlMap, lists: readonly MapList[], theme: MapTheme, scale: number): void {
  const wanted = new Set(lists.map((l) => keyOf(l.name)))
  const there = Object.keys(map.getStyle().sources).filter((key) => key.startsWith('list:'))
  for (const key of there) if (!wanted.has(key)) dropOverlay(map, key)
  for (const list of lists) putOverlay(map, list.overlay, theme, scale, keyOf(list.name), 'points-icon')
}
