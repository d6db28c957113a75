// The place to be tested out of a file: GeoJSON, KML or KMZ, or a Shapefile in a zip. Nothing of the file is sent or kept.

import type { Bilingual } from '@/api/types'
import { unpacked } from './archive'
import type { Geometry } from './place'
import { type System, systemOf } from './projection'

export interface Site {
  name: string
  geometry: Geometry
}
export interface SiteFile {
  sites: Site[]
  crs: Bilingual
  /** What somebody should know before they believe the answer. */
  warnings: Bilingual[]
}
/** Why a file gives no place. */
export class SiteFault extends Error {
  constructor(readonly words: Bilingual) {
    super(words.en)
  }
}

/** Largest file taken, and places offered out of it. */
export const MOST_MIB = 20
export const MOST_SITES = 100

type Position = [number, number]
const DEGREES: System = { said: { zh: '经纬度（CGCS2000 / WGS 84）', en: 'degrees (CGCS2000 / WGS 84)' }, degrees: (at) => at }

/** One geometry, or several of a Multi, as shapes the test takes. */
function shapes(type: unknown, coordinates: unknown): Geometry[] {
  switch (type) {
    case 'Point':
    case 'LineString':
    case 'Polygon':
      return [{ type, coordinates } as Geometry]
    case 'MultiPoint':
    case 'MultiLineString':
    case 'MultiPolygon':
      return Array.isArray(coordinates) ? coordinates.flatMap((c) => shapes(type.slice(5), c)) : []
    default:
      return []
  }
}

interface Loose {
  type?: string
  geometry?: Loose | null
  geometries?: Loose[]
  features?: Loose[]
  coordinates?: unknown
  properties?: Record<string, unknown> | null
}
function fromGeojson(text: string): Site[] {
  let read: Loose
  try {
    read = JSON.parse(text) as Loose
  } catch {
    throw new SiteFault({ zh: '文件不是完整的 GeoJSON。', en: 'The file is no complete GeoJSON.' })
  }
  const features = read.type === 'FeatureCollection' ? (read.features ?? []) : read.type === 'Feature' ? [read] : [{ geometry: read, properties: null }]
  return features.flatMap((f, n) => {
    const name = Object.entries(f.properties ?? {}).find(([key, value]) => /name|名称|^zh$/i.test(key) && typeof value === 'string')?.[1] as string | undefined
    const parts = f.geometry?.type === 'GeometryCollection' ? (f.geometry.geometries ?? []) : [f.geometry ?? {}]
    return parts.flatMap((g) => shapes(g.type, g.coordinates)).map((geometry) => ({ name: name ?? `${n + 1}`, geometry }))
  })
}

function fromKml(text: string): Site[] {
  const row = (body: string): Position[] => body.trim().split(/\s+/).map((triple) => triple.split(',').map(Number)).flatMap(([lon, lat]) => (Number.isFinite(lon) && Number.isFinite(lat) ? [[lon, lat] as Position] : []))
  const rows = (body: string): Position[][] => [...body.matchAll(/<coordinates[^>]*>([\s\S]*?)<\/coordinates>/gi)].map((m) => row(m[1] ?? ''))
  return [...text.matchAll(/<Placemark[\s\S]*?<\/Placemark>/gi)].flatMap(([mark], n) => {
    const name = /<name[^>]*>([\s\S]*?)<\/name>/i.exec(mark)?.[1]?.replace(/^<!\[CDATA\[|\]\]>$/g, '').trim() || `${n + 1}`
    const of = (tag: string): string[] => [...mark.matchAll(new RegExp(`<${tag}[ >][\\s\\S]*?</${tag}>`, 'gi'))].map((m) => m[0])
    return [
      ...of('Polygon').map((p): Geometry => ({ type: 'Polygon', coordinates: rows(p) })),
      ...of('LineString').flatMap((l): Geometry[] => rows(l).map((coordinates) => ({ type: 'LineString', coordinates }))),
      ...of('Point').flatMap((p): Geometry[] => rows(p).flatMap((r) => (r[0] ? [{ type: 'Point', coordinates: r[0] }] : []))),
    ].map((geometry) => ({ name, geometry }))
  })
}

/** The first text column of a dBase table, row by row: what its records are called. */
function namesOf(dbf: Uint8Array | undefined, utf8: boolean): string[] {
  if (!dbf || dbf.length < 33) return []
  const view = new DataView(dbf.buffer, dbf.byteOffset, dbf.byteLength)
  const [count, head, length] = [view.getUint32(4, true), view.getUint16(8, true), view.getUint16(10, true)]
  const words = new TextDecoder(utf8 ? 'utf-8' : 'gb18030')
  let offset = 1
  let column: { from: number; width: number } | null = null
  for (let at = 32; at + 32 <= head && dbf[at] !== 0x0d; at += 32) {
    const width = dbf[at + 16] ?? 0
    const called = words.decode(dbf.subarray(at, at + 11)).replace(/\0.*$/s, '')
    if (dbf[at + 11] === 0x43 && (column === null || /name|mc$|名/i.test(called))) column = { from: offset, width }
    offset += width
  }
  if (!column) return []
  const { from, width } = column
  return Array.from({ length: Math.min(count, MOST_SITES) }, (_, n) => words.decode(dbf.subarray(head + n * length + from, head + n * length + from + width)).replaceAll('\0', '').trim())
}

/** Twice the signed area of a ring: outer rings of a Shapefile turn with the clock, their holes against it. */
const turn = (ring: Position[]): number => ring.reduce((sum, [x, y], n) => sum + x * (ring[(n + 1) % ring.length]?.[1] ?? y) - (ring[(n + 1) % ring.length]?.[0] ?? x) * y, 0)

function fromShape(shp: Uint8Array, system: System, names: string[]): Site[] {
  const view = new DataView(shp.buffer, shp.byteOffset, shp.byteLength)
  const out: Site[] = []
  const broken = new SiteFault({ zh: '.shp 不完整。', en: 'The .shp is not complete.' })
  if (shp.length < 100 || view.getInt32(0) !== 9994) throw broken
  const at = (n: number): Position => system.degrees([view.getFloat64(n, true), view.getFloat64(n + 8, true)])
  try {
    for (let from = 100, n = 0; from + 12 <= shp.length && out.length < MOST_SITES; n += 1) {
      const body = from + 8
      const type = view.getInt32(body, true) % 10
      const name = names[n] || `${n + 1}`
      if (type === 1) out.push({ name, geometry: { type: 'Point', coordinates: at(body + 4) } })
      else if (type === 3 || type === 5) {
        const [parts, points] = [view.getInt32(body + 36, true), view.getInt32(body + 40, true)]
        if (parts < 0 || points < 0 || body + 44 + parts * 4 + points * 16 > shp.length) throw broken
        const starts = Array.from({ length: parts }, (_, i) => view.getInt32(body + 44 + i * 4, true))
        const rings = starts.map((start, i) => Array.from({ length: (starts[i + 1] ?? points) - start }, (_, k) => at(body + 44 + parts * 4 + (start + k) * 16)))
        if (type === 3) out.push(...rings.map((coordinates) => ({ name, geometry: { type: 'LineString' as const, coordinates } })))
        else {
          const areas: Position[][][] = []
          for (const ring of rings) {
            if (turn(ring) <= 0 || areas.length === 0) areas.push([ring])
            else areas.at(-1)?.push(ring)
          }
          out.push(...areas.map((coordinates) => ({ name, geometry: { type: 'Polygon' as const, coordinates } })))
        }
      }
      from = body + view.getInt32(from + 4) * 2
    }
  } catch (cause) {
    throw cause instanceof SiteFault ? cause : broken
  }
  return out
}

async function fromZip(bytes: Uint8Array<ArrayBuffer>): Promise<SiteFile> {
  let files: Map<string, Uint8Array> | null
  try {
    files = await unpacked(bytes, (name) => /\.(shp|prj|dbf|cpg|kml)$/i.test(name) && !/__MACOSX/.test(name))
  } catch {
    throw new SiteFault({ zh: '压缩包损坏，或解开后过大。', en: 'The archive is broken, or too large unpacked.' })
  }
  const find = (ending: string): Uint8Array | undefined => [...(files ?? [])].find(([name]) => name.toLowerCase().endsWith(ending))?.[1]
  const [shp, prj, kml] = [find('.shp'), find('.prj'), find('.kml')]
  if (kml && !shp) return { sites: fromKml(new TextDecoder().decode(kml)), crs: DEGREES.said, warnings: [] }
  if (!shp) throw new SiteFault({ zh: '压缩包内没有 .shp 或 .kml。', en: 'There is neither a .shp nor a .kml in the archive.' })
  const named = prj ? systemOf(new TextDecoder().decode(prj)) : DEGREES
  if (!('degrees' in named)) throw new SiteFault(named)
  const utf8 = /utf-?8|65001/i.test(new TextDecoder().decode(find('.cpg') ?? new Uint8Array()))
  const sites = fromShape(shp, named, namesOf(find('.dbf'), utf8))
  if (!prj && sites.some((s) => !onGlobe(s.geometry))) throw new SiteFault({ zh: '没有 .prj，坐标又不是经纬度：请连同 .prj 一起压缩。', en: 'There is no .prj and the positions are no degrees: put the .prj into the archive.' })
  return { sites, crs: named.said, warnings: prj ? [] : [{ zh: '没有 .prj，按经纬度读取，请核对位置。', en: 'There is no .prj; read as degrees. Check the place.' }] }
}

function* positions(geometry: Geometry): Generator<GeoJSON.Position> {
  if (geometry.type === 'Point') yield geometry.coordinates
  else if (geometry.type === 'LineString') yield* geometry.coordinates
  else for (const ring of geometry.coordinates) yield* ring
}
function onGlobe(geometry: Geometry): boolean {
  return [...positions(geometry)].every(([lon, lat]) => Math.abs(lon ?? 999) <= 180 && Math.abs(lat ?? 999) <= 90)
}
const rounded = (at: GeoJSON.Position): Position => [Number((at[0] ?? 0).toFixed(7)), Number((at[1] ?? 0).toFixed(7))]
function mapped(geometry: Geometry, change: (at: GeoJSON.Position) => Position): Geometry {
  if (geometry.type === 'Point') return { type: 'Point', coordinates: change(geometry.coordinates) }
  if (geometry.type === 'LineString') return { type: 'LineString', coordinates: geometry.coordinates.map(change) }
  return { type: 'Polygon', coordinates: geometry.coordinates.map((ring) => ring.map(change)) }
}
/** The same with latitude and longitude exchanged. */
export const exchanged = (geometry: Geometry): Geometry => mapped(geometry, ([a, b]) => [b ?? 0, a ?? 0])

/** Whether any position lies within a box; the box of the district, grown. */
export function near(geometry: Geometry, box: [Position, Position], margin = 0.3): boolean {
  return [...positions(geometry)].some(([lon = 999, lat = 999]) => lon >= box[0][0] - margin && lon <= box[1][0] + margin && lat >= box[0][1] - margin && lat <= box[1][1] + margin)
}

/** The places of a file; throws `SiteFault` with the reason where it has none. */
export async function readSites(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<SiteFile> {
  const packed = bytes[0] === 0x50 && bytes[1] === 0x4b
  let file: SiteFile
  if (packed) file = await fromZip(bytes)
  else {
    const text = new TextDecoder().decode(bytes).replace(/^\uFEFF/, '').trim()
    if (text.startsWith('{')) file = { sites: fromGeojson(text), crs: DEGREES.said, warnings: [] }
    else if (/<kml[\s>]/i.test(text.slice(0, 2000))) file = { sites: fromKml(text), crs: DEGREES.said, warnings: [] }
    else throw new SiteFault({ zh: `“${name}”不是 GeoJSON、KML 或打包为 zip 的 Shapefile。`, en: `“${name}” is no GeoJSON, KML or zipped Shapefile.` })
  }
  const sites = file.sites.map((s) => ({ ...s, geometry: mapped(s.geometry, rounded) })).filter((s) => (onGlobe(s.geometry) || onGlobe(exchanged(s.geometry))) && [...positions(s.geometry)].length > 0).slice(0, MOST_SITES)
  if (sites.length === 0) throw new SiteFault({ zh: '文件里没有点、线、面，或坐标不是经纬度。', en: 'There is no point, line or area in the file, or its positions are no degrees.' })
  return { ...file, sites }
}
