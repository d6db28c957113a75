// The map's style: our own layers only, no glyphs (text is drawn with local fonts), no sprite, nothing from outside.

import type { ExpressionSpecification, LayerSpecification, StyleSpecification } from 'maplibre-gl'

export type MapTheme = 'light' | 'dark'

interface Look {
  ground: string
  outside: string
  outsideLine: string
  inside: string
  insideLine: string
  label: string
  halo: string
  river: string
  road: string
  lake: string
}

const LOOKS: Record<MapTheme, Look> = {
  light: {
    ground: '#e9eeec', outside: '#eff3f1', outsideLine: '#c5d0cb', inside: '#fcfdfb', insideLine: '#0b6b63',
    label: '#37463f', halo: '#ffffff', river: '#6aa8cf', road: '#d8cdb8', lake: '#b9dbed',
  },
  dark: {
    ground: '#06131a', outside: '#081a22', outsideLine: '#17363f', inside: '#0d2a33', insideLine: '#4fd1be',
    label: '#bcd6d1', halo: '#06131a', river: '#2f7ea8', road: '#2b3f45', lake: '#1b4f6b',
  },
}

const FONT = ['Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', 'sans-serif']

/** Base layers in the order they are drawn; each is shown when the server has it. */
export const BASE_LAYERS = ['counties', 'neighbours', 'district', 'lakes', 'rivers', 'roads', 'towns'] as const

const EMPTY = { type: 'FeatureCollection', features: [] } as const

/** Sizes grow with the screen they are made for. */
export function mapStyle(theme: MapTheme, scale: number, english: boolean): StyleSpecification {
  const look = LOOKS[theme]
  const name: ExpressionSpecification = english
    ? ['case', ['!=', ['coalesce', ['get', 'en'], ''], ''], ['get', 'en'], ['coalesce', ['get', 'zh'], '']]
    : ['coalesce', ['get', 'zh'], '']
  const text = (size: number, colour: string) => ({
    layout: { 'text-field': name, 'text-font': FONT, 'text-size': size * scale, 'text-max-width': 8, 'text-padding': 4 },
    paint: { 'text-color': colour, 'text-halo-color': look.halo, 'text-halo-width': 1.4 * scale },
  })
  const layers: LayerSpecification[] = [
    { id: 'ground', type: 'background', paint: { 'background-color': look.ground } },
    { id: 'counties-fill', source: 'counties', type: 'fill', paint: { 'fill-color': look.outside } },
    { id: 'counties-line', source: 'counties', type: 'line', paint: { 'line-color': look.outsideLine, 'line-width': 0.6 * scale } },
    { id: 'neighbours-line', source: 'neighbours', type: 'line', paint: { 'line-color': look.outsideLine, 'line-width': 1.1 * scale, 'line-dasharray': [4, 2] } },
    { id: 'district-glow', source: 'district', type: 'line', paint: { 'line-color': look.insideLine, 'line-width': 9 * scale, 'line-blur': 9 * scale, 'line-opacity': theme === 'dark' ? 0.55 : 0.18 } },
    { id: 'district-fill', source: 'district', type: 'fill', paint: { 'fill-color': look.inside } },
    { id: 'lakes-fill', source: 'lakes', type: 'fill', paint: { 'fill-color': look.lake } },
    { id: 'roads-line', source: 'roads', type: 'line', paint: { 'line-color': look.road, 'line-width': 1.2 * scale } },
    { id: 'rivers-line', source: 'rivers', type: 'line', layout: { 'line-cap': 'round', 'line-join': 'round' }, paint: { 'line-color': look.river, 'line-width': ['case', ['==', ['get', 'rank'], 1], 2.4 * scale, 1.5 * scale] } },
    { id: 'district-line', source: 'district', type: 'line', paint: { 'line-color': look.insideLine, 'line-width': 1.8 * scale } },
    { id: 'neighbours-label', source: 'neighbours-label', type: 'symbol', ...text(13, theme === 'dark' ? '#5f8087' : '#7d8a85') },
    { id: 'rivers-label', source: 'rivers', type: 'symbol', layout: { ...text(11, look.river).layout, 'symbol-placement': 'line', 'symbol-spacing': 320 * scale, 'text-max-width': 20 }, paint: { ...text(11, theme === 'dark' ? '#6cb6dc' : '#2d6f9c').paint } },
    { id: 'roads-label', source: 'roads', type: 'symbol', minzoom: 10.5 + Math.log2(scale), layout: { ...text(10, look.label).layout, 'symbol-placement': 'line', 'text-max-width': 20 }, paint: { ...text(10, theme === 'dark' ? '#6d8388' : '#8c7c5c').paint } },
    { id: 'towns-dot', source: 'towns', type: 'circle', paint: { 'circle-radius': 2.2 * scale, 'circle-color': look.ground, 'circle-stroke-color': look.label, 'circle-stroke-width': scale, 'circle-opacity': 0.8 } },
    { id: 'towns-label', source: 'towns', type: 'symbol', layout: { ...text(11, look.label).layout, 'text-variable-anchor': ['top', 'bottom', 'left', 'right'], 'text-radial-offset': 0.5 }, paint: { ...text(11, look.label).paint, 'text-opacity': 0.85 } },
  ]
  const sources: StyleSpecification['sources'] = {}
  for (const id of [...BASE_LAYERS, 'neighbours-label', 'points']) sources[id] = { type: 'geojson', data: EMPTY as never }
  return { version: 8, sources, layers: [...layers, ...pointLayers(theme, scale, english)] }
}

function pointLayers(theme: MapTheme, scale: number, english: boolean): LayerSpecification[] {
  const look = LOOKS[theme]
  const name: ExpressionSpecification = english
    ? ['case', ['!=', ['coalesce', ['get', 'name_en'], ''], ''], ['get', 'name_en'], ['get', 'name']]
    : ['get', 'name']
  return [
    {
      id: 'points-icon', source: 'points', type: 'symbol',
      layout: { 'icon-image': ['get', 'icon'], 'icon-allow-overlap': true, 'icon-ignore-placement': true, 'symbol-sort-key': ['get', 'rank'] },
    },
    {
      id: 'points-figure', source: 'points', type: 'symbol', filter: ['!=', ['get', 'figure'], ''],
      layout: { 'text-field': ['get', 'figure'], 'text-font': FONT, 'text-size': 11 * scale, 'text-allow-overlap': true, 'text-ignore-placement': true, 'symbol-sort-key': ['get', 'rank'] },
      paint: { 'text-color': ['get', 'ink'] },
    },
    {
      id: 'points-label', source: 'points', type: 'symbol', minzoom: 10.8 + Math.log2(scale),
      layout: { 'text-field': name, 'text-font': FONT, 'text-size': 11 * scale, 'text-variable-anchor': ['top', 'bottom'], 'text-radial-offset': 1.2, 'text-max-width': 9, 'text-optional': true },
      paint: { 'text-color': look.label, 'text-halo-color': look.halo, 'text-halo-width': 1.4 * scale },
    },
  ]
}
