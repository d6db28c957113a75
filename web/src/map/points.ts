// How a subject looks on the map: shape by kind, colour by AQI level, water class or state. The legend is drawn from the
// same tables.

import type { PointCollection, PointProperties, SubjectKind } from '@/api/types'
import { MISSING } from '@/lib/format'
import { roman } from '@/lib/names'
import { AQI, NONE, STATE, WATER, WATER_ORDER, type Token, aqiToken, waterToken } from '@/tokens/palette'

export type Shape = 'disc' | 'drop' | 'square' | 'diamond' | 'house' | 'wave' | 'dot'

export const SHAPES: Record<SubjectKind, Shape> = {
  air_station: 'disc',
  water_section: 'drop',
  gas_outlet: 'square',
  water_outlet: 'diamond',
  firm: 'house',
  noise_point: 'wave',
  other_point: 'dot',
}

/** The colour of a point: class where it has one, its state otherwise. */
export function pointToken(p: Pick<PointProperties, 'kind' | 'level' | 'class' | 'state'>): Token {
  if (p.kind === 'air_station') return aqiToken(p.level)
  if (p.kind === 'water_section') return waterToken(p.class)
  return STATE[p.state] ?? NONE
}

/** All tokens a point can have, for images and legend. */
export const TOKENS: Token[] = [...Object.values(AQI), ...WATER_ORDER.map((name) => WATER[name] ?? NONE), ...Object.values(STATE), NONE]

const RANK: Record<string, number> = { exceeding: 9, warning: 7, silent: 6, unknown: 2, normal: 3 }

/** Points as the map draws them: `icon`, `figure` and `ink` are made here, nothing is dropped. */
export function drawable(points: PointCollection): GeoJSON.FeatureCollection<GeoJSON.Point> {
  return {
    type: 'FeatureCollection',
    features: points.features.map((f) => {
      const p = f.properties
      const token = pointToken(p)
      const figure = p.kind === 'air_station' ? (p.aqi == null ? MISSING : String(p.aqi)) : p.kind === 'water_section' ? (p.class ? roman(p.class) : MISSING) : ''
      return {
        type: 'Feature',
        id: f.id,
        geometry: { type: 'Point', coordinates: f.geometry.coordinates },
        properties: { ...p, icon: `${SHAPES[p.kind]}|${token.colour}`, figure, ink: token.ink, rank: (RANK[p.state] ?? 1) + (p.alarms > 0 ? 10 : 0) },
      }
    }),
  }
}

/** Draws a shape into a canvas; `size` is its height in device pixels. */
export function paint(shape: Shape, colour: string, size: number, outline: string): ImageData | null {
  const canvas = document.createElement('canvas')
  canvas.width = size
  canvas.height = size
  const pen = canvas.getContext('2d')
  if (!pen) return null
  const path = new Path2D(outlinePath(shape))
  pen.scale(size / 32, size / 32)
  pen.lineJoin = 'round'
  pen.fillStyle = colour
  pen.strokeStyle = outline
  pen.lineWidth = 2
  pen.fill(path)
  pen.stroke(path)
  return pen.getImageData(0, 0, size, size)
}

/** The shape as an SVG path in a box of 32 × 32. */
export function outlinePath(shape: Shape): string {
  switch (shape) {
    case 'disc':
      return 'M16 3a13 13 0 1 1 0 26a13 13 0 1 1 0-26z'
    case 'drop':
      return 'M16 2c5 6 11 10.500 11 17a11 11 0 1 1-22 0c0-6.500 6-11 11-17z'
    case 'square':
      return 'M8 8h16v16h-16z'
    case 'diamond':
      return 'M16 6l10 10l-10 10l-10-10z'
    case 'house':
      return 'M16 6l10 7v12h-20v-12z'
    case 'wave':
      return 'M10 12h4l6-5v18l-6-5h-4z'
    case 'dot':
      return 'M16 11a5 5 0 1 1 0 10a5 5 0 1 1 0-10z'
  }
}

/** Share of the full size; sections and stations carry a figure and are larger. */
export function sizeOf(shape: Shape): number {
  return shape === 'disc' || shape === 'drop' ? 27 : 22
}
