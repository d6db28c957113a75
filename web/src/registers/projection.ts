// The coordinate system of a Shapefile (.prj), and 高斯—克吕格 coordinates in metres back to degrees on CGCS2000.

import type { Bilingual } from '@/api/types'

/** How positions become degrees, and what the file calls its system. */
export interface System {
  said: Bilingual
  degrees: (at: [number, number]) => [number, number]
}

const A = 6_378_137
const F = 1 / 298.257222101
const N = F / (2 - F)
const RADIUS = (A / (1 + N)) * (1 + N ** 2 / 4 + N ** 4 / 64)
/** Krüger's series in the third flattening: metres to the sphere, and the sphere's latitude to the ellipsoid's. */
const BACK = [N / 2 - (2 * N ** 2) / 3 + (37 * N ** 3) / 96 - N ** 4 / 360, N ** 2 / 48 + N ** 3 / 15 - (437 * N ** 4) / 1440, (17 * N ** 3) / 480 - (37 * N ** 4) / 840, (4397 * N ** 4) / 161_280]
const LATITUDE = [2 * N - (2 * N ** 2) / 3 - 2 * N ** 3 + (116 * N ** 4) / 45, (7 * N ** 2) / 3 - (8 * N ** 3) / 5 - (227 * N ** 4) / 45, (56 * N ** 3) / 15 - (136 * N ** 4) / 35, (4279 * N ** 4) / 630]
const DEGREE = 180 / Math.PI

export interface Zone {
  central: number
  easting: number
  northing: number
  scale: number
}

/** Degrees of a position given as metres east and north. */
export function fromMetres(zone: Zone, [east, north]: [number, number]): [number, number] {
  const xi = (north - zone.northing) / (zone.scale * RADIUS)
  const eta = (east - zone.easting) / (zone.scale * RADIUS)
  let [x, y] = [xi, eta]
  BACK.forEach((b, i) => {
    const k = 2 * (i + 1)
    x -= b * Math.sin(k * xi) * Math.cosh(k * eta)
    y -= b * Math.cos(k * xi) * Math.sinh(k * eta)
  })
  const sphere = Math.asin(Math.sin(x) / Math.cosh(y))
  const lat = LATITUDE.reduce((sum, d, i) => sum + d * Math.sin(2 * (i + 1) * sphere), sphere)
  return [zone.central + Math.atan2(Math.sinh(y), Math.cos(x)) * DEGREE, lat * DEGREE]
}

const KNOWN = /^d?(china2000|cgcs2000|chinageodeticcoordinatesystem2000|wgs1984|wgs84)$/
const plain = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]/g, '')
const same = (text: string): Bilingual => ({ zh: text, en: text })

/** What a .prj says; the words tell why where it cannot be used. */
export function systemOf(prj: string): System | Bilingual {
  const text = prj.trim().replace(/^\uFEFF/, '')
  const name = /^(PROJCS|GEOGCS)\s*\[\s*"([^"]*)"/i.exec(text)
  const datum = plain(/DATUM\s*\[\s*"([^"]*)"/i.exec(text)?.[1] ?? '')
  if (!name) return { zh: '.prj 无法读取，应为 ESRI 的坐标系文本。', en: 'The .prj cannot be read: ESRI’s text of a coordinate system is expected.' }
  if (!KNOWN.test(datum)) return /beijing|xian/.test(datum)
    ? { zh: `坐标系 ${name[2]} 须由测绘部门转换到 CGCS2000 后再用。`, en: `${name[2]} must be converted to CGCS2000 by the surveying office first.` }
    : { zh: `坐标系 ${name[2]} 未支持，请转换到 CGCS2000。`, en: `The coordinate system ${name[2]} is not known: convert to CGCS2000.` }
  if (name[1]?.toUpperCase() === 'GEOGCS') return { said: same(name[2] ?? ''), degrees: (at) => at }
  const method = plain(/PROJECTION\s*\[\s*"([^"]*)"/i.exec(text)?.[1] ?? '')
  const parameter = (wanted: string): number | null => {
    for (const [, called, value] of text.matchAll(/PARAMETER\s*\[\s*"([^"]*)"\s*,\s*([-+0-9.eE]+)/gi)) if (plain(called ?? '') === wanted) return Number(value)
    return null
  }
  const central = parameter('centralmeridian')
  // The unit of a projection stands last, after the one of the degrees within it.
  const unit = Number([...text.matchAll(/UNIT\s*\[\s*"[^"]*"\s*,\s*([-+0-9.eE]+)/gi)].at(-1)?.[1] ?? 1)
  if (!['transversemercator', 'gausskruger'].includes(method) || central === null || Math.abs(central) > 180 || (parameter('latitudeoforigin') ?? 0) !== 0 || Math.abs(unit - 1) > 1e-9) {
    return { zh: `投影 ${name[2]} 未支持，应为以米计的高斯—克吕格投影或经纬度。`, en: `The projection ${name[2]} is not known: Gauss–Krüger in metres or degrees are expected.` }
  }
  const zone: Zone = { central, easting: parameter('falseeasting') ?? 0, northing: parameter('falsenorthing') ?? 0, scale: parameter('scalefactor') ?? 1 }
  return { said: same(name[2] ?? ''), degrees: (at) => fromMetres(zone, at) }
}
