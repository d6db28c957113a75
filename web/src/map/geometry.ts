// Small questions to GeoJSON.

import type { Layer } from '@/api/types'

type Position = [number, number]

function* positions(coordinates: unknown): Generator<Position> {
  if (!Array.isArray(coordinates)) return
  if (typeof coordinates[0] === 'number' && typeof coordinates[1] === 'number') yield [coordinates[0], coordinates[1]]
  else for (const part of coordinates) yield* positions(part)
}

function features(layer: Layer): GeoJSON.Feature[] {
  return layer.features as unknown as GeoJSON.Feature[]
}

/** South-west and north-east corner of a layer; null where it has no place. */
export function bounds(layer: Layer | undefined): [Position, Position] | null {
  if (!layer) return null
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity]
  for (const feature of features(layer)) {
    const geometry = feature.geometry
    if (!geometry || geometry.type === 'GeometryCollection') continue
    for (const [lon, lat] of positions(geometry.coordinates)) {
      west = Math.min(west, lon)
      east = Math.max(east, lon)
      south = Math.min(south, lat)
      north = Math.max(north, lat)
    }
  }
  return west <= east ? [[west, south], [east, north]] : null
}

/** The same of any features. */
export function boundsOf(collection: GeoJSON.FeatureCollection | null | undefined): [Position, Position] | null {
  return collection ? bounds(collection as unknown as Layer) : null
}

/** A point by which a shape can be marked: itself, or the middle of its box. */
export function middle(geometry: GeoJSON.Geometry): Position | null {
  const box = boundsOf({ type: 'FeatureCollection', features: [{ type: 'Feature', geometry, properties: {} }] })
  return box && [(box[0][0] + box[1][0]) / 2, (box[0][1] + box[1][1]) / 2]
}

/** One point a feature for its name: the place its maker chose, else the middle of its box. */
export function labels(layer: Layer): GeoJSON.FeatureCollection<GeoJSON.Point> {
  return {
    type: 'FeatureCollection',
    features: features(layer).flatMap((feature) => {
      const chosen = feature.properties?.label as unknown
      const box = bounds({ type: 'FeatureCollection', features: [feature] as never })
      const at: Position | null = Array.isArray(chosen) && chosen.length === 2
        ? (chosen as Position)
        : box && [(box[0][0] + box[1][0]) / 2, (box[0][1] + box[1][1]) / 2]
      return at ? [{ type: 'Feature' as const, geometry: { type: 'Point' as const, coordinates: at }, properties: feature.properties }] : []
    }),
  }
}
