// Files the tests upload, made here: a zip, a workbook, a Shapefile, a picture. No library, so that what is odd about a
// file is what the test put there.

import { deflateRawSync } from 'node:zlib'
import { Buffer } from 'node:buffer'

// The sum of a zip entry.
const table = Array.from({ length: 256 }, (_, n) => {
  let c = n
  for (let k = 0; k < 8; k += 1) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1
  return c >>> 0
})
const sum = (bytes) => {
  let c = 0xffffffff
  for (const b of bytes) c = table[(c ^ b) & 0xff] ^ (c >>> 8)
  return (c ^ 0xffffffff) >>> 0
}

/** A zip of the entries by name. */
export function zip(entries) {
  const parts = []
  const heads = []
  let at = 0
  for (const [name, content] of Object.entries(entries)) {
    const called = Buffer.from(name, 'utf8')
    const raw = Buffer.from(content)
    const packed = deflateRawSync(raw)
    const common = Buffer.alloc(26)
    common.writeUInt16LE(20, 0)
    common.writeUInt16LE(0x800, 2)
    common.writeUInt16LE(8, 4)
    common.writeUInt32LE(0x21 << 16, 6)
    common.writeUInt32LE(sum(raw), 10)
    common.writeUInt32LE(packed.length, 14)
    common.writeUInt32LE(raw.length, 18)
    common.writeUInt16LE(called.length, 22)
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), common, called, packed])
    const rest = Buffer.alloc(14)
    rest.writeUInt32LE(at, 10)
    heads.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00', 'latin1'), common, rest, called]))
    parts.push(local)
    at += local.length
  }
  const directory = Buffer.concat(heads)
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 0, 'latin1')
  end.writeUInt16LE(heads.length, 8)
  end.writeUInt16LE(heads.length, 10)
  end.writeUInt32LE(directory.length, 12)
  end.writeUInt32LE(at, 16)
  return Buffer.concat([...parts, directory, end])
}

const escaped = (text) => String(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
const column = (n) => (n >= 26 ? column(Math.floor(n / 26) - 1) : '') + String.fromCharCode(65 + (n % 26))

/** A workbook of one sheet: rows of texts and numbers; `merged` names ranges such as `A2:A3`. */
export function xlsx(rows, merged = []) {
  const cell = (value, r, c) => (value === '' || value == null ? '' : typeof value === 'number' ? `<c r="${column(c)}${r + 1}"><v>${value}</v></c>` : `<c r="${column(c)}${r + 1}" t="inlineStr"><is><t>${escaped(value)}</t></is></c>`)
  const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
  const kinds = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
  const packages = 'http://schemas.openxmlformats.org/package/2006'
  const head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
  return zip({
    '[Content_Types].xml': `${head}<Types xmlns="${packages}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>`,
    '_rels/.rels': `${head}<Relationships xmlns="${packages}/relationships"><Relationship Id="r1" Type="${kinds}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    'xl/workbook.xml': `${head}<workbook xmlns="${main}" xmlns:r="${kinds}"><sheets><sheet name="表" sheetId="1" r:id="r1"/></sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `${head}<Relationships xmlns="${packages}/relationships"><Relationship Id="r1" Type="${kinds}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
    'xl/worksheets/sheet1.xml': `${head}<worksheet xmlns="${main}"><sheetData>${rows.map((row, r) => `<row r="${r + 1}">${row.map((value, c) => cell(value, r, c)).join('')}</row>`).join('')}</sheetData>${merged.length > 0 ? `<mergeCells count="${merged.length}">${merged.map((range) => `<mergeCell ref="${range}"/>`).join('')}</mergeCells>` : ''}</worksheet>`,
  })
}

/** Degrees on CGCS2000, and metres about 117° E, as a .prj says them. */
export const CGCS2000 = 'GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]'
export const GAUSS_117 = `PROJCS["CGCS2000_3_Degree_GK_CM_117E",${CGCS2000},PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",500000.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",117.0],PARAMETER["Scale_Factor",1.0],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]`
export const XIAN_80 = 'GEOGCS["GCS_Xian_1980",DATUM["D_Xian_1980",SPHEROID["Xian_1980",6378140.0,298.257]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]'

/** A Shapefile of areas in a zip: rings turn with the clock; names stand in the table in UTF-8. */
export function shapefile(areas, prj = CGCS2000) {
  const records = areas.map(({ ring }, n) => {
    const closed = [...ring, ring[0]]
    const xs = closed.map((p) => p[0])
    const ys = closed.map((p) => p[1])
    const body = Buffer.alloc(48 + closed.length * 16)
    body.writeInt32LE(5, 0)
    ;[Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)].forEach((v, i) => body.writeDoubleLE(v, 4 + i * 8))
    body.writeInt32LE(1, 36)
    body.writeInt32LE(closed.length, 40)
    closed.forEach(([x, y], i) => {
      body.writeDoubleLE(x, 48 + i * 16)
      body.writeDoubleLE(y, 56 + i * 16)
    })
    const head = Buffer.alloc(8)
    head.writeInt32BE(n + 1, 0)
    head.writeInt32BE(body.length / 2, 4)
    return Buffer.concat([head, body])
  })
  const content = Buffer.concat(records)
  const shp = Buffer.alloc(100)
  shp.writeInt32BE(9994, 0)
  shp.writeInt32BE((100 + content.length) / 2, 24)
  shp.writeInt32LE(1000, 28)
  shp.writeInt32LE(5, 32)
  const all = areas.flatMap((a) => a.ring)
  ;[Math.min(...all.map((p) => p[0])), Math.min(...all.map((p) => p[1])), Math.max(...all.map((p) => p[0])), Math.max(...all.map((p) => p[1]))].forEach((v, i) => shp.writeDoubleLE(v, 36 + i * 8))

  const columns = Object.keys(areas[0].attributes ?? { name: '' })
  const WIDTH = 120
  const head = Buffer.alloc(32 + columns.length * 32 + 1)
  head[0] = 3
  head.writeUInt32LE(areas.length, 4)
  head.writeUInt16LE(head.length, 8)
  head.writeUInt16LE(1 + columns.length * WIDTH, 10)
  columns.forEach((name, n) => {
    head.write(name, 32 + n * 32, 10, 'utf8')
    head[32 + n * 32 + 11] = 0x43
    head[32 + n * 32 + 16] = WIDTH
  })
  head[head.length - 1] = 0x0d
  const rows = areas.map((a) => {
    const row = Buffer.alloc(1 + columns.length * WIDTH, 0x20)
    columns.forEach((name, n) => row.write(String(a.attributes?.[name] ?? ''), 1 + n * WIDTH, WIDTH, 'utf8'))
    return row
  })
  const dbf = Buffer.concat([head, ...rows, Buffer.from([0x1a])])
  const shx = Buffer.concat([shp.subarray(0, 100), ...records.map((r, n) => {
    const entry = Buffer.alloc(8)
    entry.writeInt32BE((100 + records.slice(0, n).reduce((s, x) => s + x.length, 0)) / 2, 0)
    entry.writeInt32BE(r.length / 2 - 4, 4)
    return entry
  })])
  return zip({ 'zones.shp': Buffer.concat([shp, content]), 'zones.shx': shx, 'zones.dbf': dbf, 'zones.cpg': 'UTF-8', ...(prj ? { 'zones.prj': prj } : {}) })
}

/** One red point as PNG. */
export const PNG = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC', 'base64')
/** A page of PDF that says nothing. */
export const PDF = Buffer.from('%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\nxref\n0 4\n0000000000 65535 f \n0000000009 00000 n \n0000000052 00000 n \n0000000101 00000 n \ntrailer<</Size 4/Root 1 0 R>>\nstartxref\n164\n%%EOF\n', 'latin1')
