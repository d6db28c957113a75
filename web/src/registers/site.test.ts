import { Buffer } from 'node:buffer'
import { expect, it } from 'vitest'
import { GAUSS_117, XIAN_80, shapefile, zip } from '../../e2e/files.mjs'
import { fromMetres } from './projection'
import { SiteFault, exchanged, near, readSites } from './site'

const bytes = (text: string): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.from(text, 'utf8'))
const refusal = async (name: string, content: Uint8Array<ArrayBuffer>): Promise<string> => readSites(name, content).then(() => 'taken', (e: unknown) => (e as SiteFault).words.zh)
const RING: [number, number][] = [[116.2, 36.5], [116.2, 36.6], [116.3, 36.6], [116.3, 36.5]]

it('takes points, lines and areas out of GeoJSON, parts of a Multi one by one', async () => {
  const file = await readSites('a.geojson', bytes(JSON.stringify({ type: 'FeatureCollection', features: [
    { type: 'Feature', properties: { 名称: '地块' }, geometry: { type: 'MultiPolygon', coordinates: [[[...RING, RING[0]]], [[...RING, RING[0]]]] } },
    { type: 'Feature', properties: null, geometry: { type: 'Point', coordinates: [116.123456789, 36.5, 12] } },
  ] })))
  expect(file.sites.map((s) => [s.name, s.geometry.type])).toEqual([['地块', 'Polygon'], ['地块', 'Polygon'], ['2', 'Point']])
  expect(file.sites[2]?.geometry.coordinates).toEqual([116.1234568, 36.5])
})

it('takes an area with its hole out of KML, and out of KMZ', async () => {
  const ring = (t: string, d: number): string => `<${t}><LinearRing><coordinates>116.2,36.5,0 116.${3 + d},36.5,0 116.3,36.6,0 116.2,36.5,0</coordinates></LinearRing></${t}>`
  const kml = `<?xml version="1.0"?><kml xmlns="x"><Document><Placemark><name>厂区</name><Polygon>${ring('outerBoundaryIs', 0)}${ring('innerBoundaryIs', 1)}</Polygon></Placemark></Document></kml>`
  for (const content of [bytes(kml), zip({ 'doc.kml': kml })]) {
    const [site] = (await readSites('a.kml', content)).sites
    expect([site?.name, site?.geometry.type, (site?.geometry.coordinates as unknown[]).length]).toEqual(['厂区', 'Polygon', 2])
  }
})

it('takes areas with their names out of a zipped Shapefile, degrees or metres', async () => {
  const [site] = (await readSites('a.zip', shapefile([{ ring: RING, attributes: { CODE: '1', NAME: '东厂' } }]))).sites
  expect([site?.name, site?.geometry]).toEqual(['东厂', { type: 'Polygon', coordinates: [[...RING, RING[0]]] }])
  // The arc of the meridian from the equator to 36.58° N, by numerical integration.
  const [lon, lat] = fromMetres({ central: 117, easting: 500_000, northing: 0, scale: 1 }, [500_000, 4_049_902.0156])
  expect(lon).toBeCloseTo(117, 9)
  expect(lat).toBeCloseTo(36.58, 8)
  const metres = await readSites('b.zip', shapefile([{ ring: [[430_000, 4_050_000], [430_000, 4_051_000], [431_000, 4_051_000]], attributes: { NAME: '西厂' } }], GAUSS_117))
  expect(metres.crs.zh).toBe('CGCS2000_3_Degree_GK_CM_117E')
  const [[at]] = metres.sites[0]?.geometry.coordinates as [[[number, number]]]
  expect(at[0]).toBeGreaterThan(116.2)
  expect(at[0]).toBeLessThan(116.25)
})

it('says why a file gives no place', async () => {
  expect(await refusal('a.zip', shapefile([{ ring: RING }], XIAN_80))).toContain('测绘部门')
  expect(await refusal('a.zip', shapefile([{ ring: [[430_000, 4_050_000], [430_000, 4_051_000], [431_000, 4_051_000]] }], ''))).toContain('.prj')
  expect(await refusal('a.zip', zip({ 'readme.txt': 'x' }))).toContain('没有 .shp')
  expect(await refusal('a.geojson', bytes('{"type":'))).toContain('完整')
  expect(await refusal('a.dwg', bytes('AC1032'))).toContain('a.dwg')
  expect(await refusal('a.geojson', bytes('{"type":"Point","coordinates":[430000,4050000]}'))).toContain('经纬度')
  // Latitude before longitude: taken, so that somebody can be asked.
  expect((await readSites('a.geojson', bytes('{"type":"Point","coordinates":[36.5,116.2]}'))).sites).toHaveLength(1)
})

it('knows what lies far from the district, and what comes near when exchanged', () => {
  const box: [[number, number], [number, number]] = [[115.9, 36.3], [116.4, 36.8]]
  const turned = { type: 'Point' as const, coordinates: [36.5, 116.2] }
  expect([near(turned, box), near(exchanged(turned), box)]).toEqual([false, true])
})
