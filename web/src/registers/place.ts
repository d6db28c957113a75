// Places as people paste them: «116.25,36.58», WKT, or GeoJSON. Longitude first, CGCS2000.

import type { FieldType } from '@/api/types'

export type Geometry = GeoJSON.Point | GeoJSON.LineString | GeoJSON.Polygon

const KINDS: Partial<Record<FieldType, Geometry['type']>> = { point: 'Point', line: 'LineString', area: 'Polygon' }

function numbers(text: string, separator: RegExp): [number, number] | null {
  const parts = text.trim().split(separator).filter(Boolean).map(Number)
  const [lon, lat] = parts
  if (parts.length !== 2 || lon === undefined || lat === undefined || Number.isNaN(lon) || Number.isNaN(lat)) return null
  return Math.abs(lon) <= 180 && Math.abs(lat) <= 90 ? [lon, lat] : null
}

function list(text: string): [number, number][] | null {
  const out = text.split(',').map((pair) => numbers(pair, /\s+/))
  return out.every((p) => p !== null) ? out : null
}

function wkt(text: string): Geometry | null {
  const match = /^(POINT|LINESTRING|POLYGON)\s*\((.*)\)$/is.exec(text.trim())
  if (!match) return null
  const inner = match[2] ?? ''
  switch (match[1]?.toUpperCase()) {
    case 'POINT': {
      const at = numbers(inner, /\s+/)
      return at && { type: 'Point', coordinates: at }
    }
    case 'LINESTRING': {
      const line = list(inner)
      return line && { type: 'LineString', coordinates: line }
    }
    default: {
      const rings = [...inner.matchAll(/\(([^()]*)\)/g)].map((m) => list(m[1] ?? ''))
      return rings.length > 0 && rings.every((r) => r !== null) ? { type: 'Polygon', coordinates: rings } : null
    }
  }
}

function geojson(text: string): Geometry | null {
  try {
    const read = JSON.parse(text) as { type?: string; geometry?: unknown; features?: { geometry?: unknown }[]; coordinates?: unknown }
    const geometry = (read.type === 'Feature' ? read.geometry : read.type === 'FeatureCollection' && read.features?.length === 1 ? read.features[0]?.geometry : read) as Geometry | null
    return geometry && ['Point', 'LineString', 'Polygon'].includes(geometry.type) && Array.isArray(geometry.coordinates) ? { type: geometry.type, coordinates: geometry.coordinates } as Geometry : null
  } catch {
    return null
  }
}

/** What a text means; null where it is none of the three shapes. */
export function read(text: string): Geometry | null {
  const trimmed = text.trim()
  if (trimmed.startsWith('{')) return geojson(trimmed)
  const at = numbers(trimmed, /[\s,，;；、]+/)
  return at ? { type: 'Point', coordinates: at } : wkt(trimmed)
}

/** The same, but only of the kind a field holds. */
export function readAs(text: string, kind: FieldType): Geometry | null {
  const geometry = read(text)
  return geometry && geometry.type === KINDS[kind] ? geometry : null
}

/** As text that `read` takes back. */
export function write(geometry: Geometry | null | undefined): string {
  if (!geometry) return ''
  const row = (points: GeoJSON.Position[]): string => points.map((p) => `${p[0]} ${p[1]}`).join(', ')
  switch (geometry.type) {
    case 'Point':
      return geometry.coordinates.slice(0, 2).join(',')
    case 'LineString':
      return `LINESTRING(${row(geometry.coordinates)})`
    case 'Polygon':
      return `POLYGON(${geometry.coordinates.map((ring) => `(${row(ring)})`).join(', ')})`
  }
}

/** A drawn row of corners as the shape of a field; null while there are too few. Six decimals are a tenth of a metre. */
export function drawn(kind: FieldType, corners: readonly [number, number][]): Geometry | null {
  const at = corners.map(([lon, lat]) => [Number(lon.toFixed(6)), Number(lat.toFixed(6))] as [number, number])
  const [first] = at
  if (!first) return null
  if (kind === 'point') return { type: 'Point', coordinates: at.at(-1) ?? first }
  if (kind === 'line') return at.length >= 2 ? { type: 'LineString', coordinates: at } : null
  return at.length >= 3 ? { type: 'Polygon', coordinates: [[...at, first]] } : null
}
