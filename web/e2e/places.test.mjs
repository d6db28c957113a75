// Places: picked on a map or typed, tested against the zones by drawing and by file, brought in as a layer, and registers
// beside each other on the district's map.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { GAUSS_117, XIAN_80, shapefile } from './files.mjs'
import { as, base, browser, mapAtRest, quiet, settled, shot, signIn, watched } from './support.mjs'

let chromium, seen, page, admin, views
before(async () => {
  chromium = await browser()
  seen = await watched(chromium.context)
  page = seen.page
  await signIn(page, 'administrator')
  admin = await as('administrator')
  const { items } = await admin.ok('GET', '/registers')
  views = await Promise.all(items.filter((r) => r.has_map).map((r) => admin.ok('GET', `/registers/${r.name}`)))
})
after(() => chromium.close())

const fieldOf = (view, type) => view.definition.field.find((f) => f.type === type && !f.computed)
/** Where a map stands on the page, and a click somewhere about its middle. */
async function clickMap(dx, dy, within = '') {
  const { x, y, width, height } = await page.locator(`${within} .gl`.trim()).boundingBox()
  await page.mouse.click(x + width / 2 + dx, y + height / 2 + dy)
}

for (const [type, corners, shape] of [['point', [[0, 0], [30, 20]], /^\d+\.\d+,\d+\.\d+$/], ['line', [[-40, 0], [0, 30], [60, 0]], /^LINESTRING\((?:\S+ \S+, ){2}\S+ \S+\)$/], ['area', [[-40, -30], [40, -30], [40, 40]], /^POLYGON\(\((?:\S+ \S+, ){3}\S+ \S+\)\)$/]]) {
  test(`a ${type} is picked on the map, stands as coordinates, and can be typed instead`, { timeout: 150_000 }, async () => {
    const view = views.find((v) => v.can_create && fieldOf(v, type))
    const field = fieldOf(view, type)
    await page.goto(`${base}/registers/${view.name}/new`)
    await page.click(`[data-field=${field.name}] .tool`)
    await page.waitForSelector('[data-test=picker] [data-map-idle=true]', { timeout: 60_000 })
    const zoom = () => page.$eval('[data-test=picker] .gl', (box) => box.huanshuMap.getZoom())
    const before = await zoom()
    for (const [n, at] of corners.entries()) {
      await clickMap(...at, '[data-test=picker]')
      if (type !== 'point') await page.waitForSelector(`[data-test=picker][data-corners="${n + 1}"]`)
    }
    assert.equal(await zoom(), before, 'the view stays where the person put it')
    await shot(page, `picker-${type}`)
    await page.click('[data-test=picker-take]')
    const input = `[data-field=${field.name}] textarea`
    await page.waitForFunction(({ input, source }) => new RegExp(source).test(document.querySelector(input)?.value ?? ''), { input, source: shape.source })
    await page.fill(input, 'im Norden')
    await page.waitForSelector(`[data-field=${field.name}] .hint`)
    const typed = type === 'point' ? '116.25, 36.58' : type === 'line' ? 'LINESTRING(116.2 36.5, 116.3 36.6)' : 'POLYGON((116.2 36.5, 116.3 36.5, 116.3 36.6, 116.2 36.5))'
    await page.fill(input, typed)
    await page.waitForSelector(`[data-field=${field.name}] .hint`, { state: 'detached' })
    await page.evaluate(() => Object.keys(localStorage).filter((k) => k.startsWith('huanshu.draft.')).forEach((k) => localStorage.removeItem(k)))
    quiet(seen, `picking a ${type}`)
  })
}

test('a drawn site is tested: every zone the server names, with what holds there', { timeout: 150_000 }, async () => {
  await page.goto(`${base}/zones`)
  await mapAtRest(page)
  await page.click('[data-mode=area]')
  // Corners about the first zone of a register, so that it is hit wherever it lies.
  const zoned = views.filter((v) => v.definition.zoning?.length > 0 && v.records > 0)
  const drawn = (await Promise.all(zoned.map((v) => admin.ok('GET', `/registers/${v.name}/map`)))).flatMap((m) => m.features)
  const [ring] = drawn.find((f) => f.geometry.type === 'Polygon').geometry.coordinates
  const box = [0, 1].map((i) => [Math.min(...ring.map((p) => p[i])), Math.max(...ring.map((p) => p[i]))])
  const corners = [[box[0][0] - 0.01, box[1][0] - 0.01], [box[0][1] + 0.01, box[1][0] - 0.01], [box[0][1] + 0.01, box[1][1] + 0.01], [box[0][0] - 0.01, box[1][1] + 0.01]]
  for (const at of corners) {
    const [x, y] = await page.$eval('.gl', (gl, place) => {
      const p = gl.huanshuMap.project(place)
      const { left, top } = gl.getBoundingClientRect()
      return [left + p.x, top + p.y]
    }, at)
    const said = await page.inputValue('[data-test=place]')
    await page.mouse.click(x, y)
    if (at !== corners[0] && at !== corners[1]) await page.waitForFunction((was) => document.querySelector('[data-test=place]').value !== was, said)
  }
  await page.click('[data-test=test]')
  await page.waitForSelector('[data-hit]')
  const text = await page.inputValue('[data-test=place]')
  const coordinates = [[...text.matchAll(/(-?\d[\d.]*) (-?\d[\d.]*)/g)].map((m) => [Number(m[1]), Number(m[2])])]
  const { hits } = await admin.ok('POST', '/zones/test', { geometry: { type: 'Polygon', coordinates } })
  assert.deepEqual((await page.$$eval('[data-hit]', (all) => all.map((e) => e.dataset.hit))).sort(), hits.map((h) => h.id).sort())
  assert.ok(new URL(page.url()).searchParams.get('place')?.startsWith('POLYGON'), 'the place stands in the address')
  await shot(page, 'zones-drawn')
  quiet(seen, 'a drawn site')
})

const RING = [[116.25, 36.58], [116.25, 36.6], [116.28, 36.6], [116.28, 36.58]]
test('a site out of a file: Shapefile in degrees and metres, KML, GeoJSON; another system is refused, exchanged axes are told', { timeout: 120_000 }, async () => {
  await page.goto(`${base}/zones`)
  await mapAtRest(page)
  const give = (name, buffer) => page.setInputFiles('[data-test=site-file]', { name, mimeType: 'application/octet-stream', buffer: Buffer.from(buffer) })
  await give('厂区.zip', shapefile([{ ring: RING, attributes: { NAME: '东厂区' } }, { ring: RING.map(([x, y]) => [x - 0.1, y]), attributes: { NAME: '西厂区' } }]))
  await page.waitForSelector('[data-test=site-pick]')
  assert.deepEqual(await page.$$eval('[data-test=site-pick] option', (all) => all.map((o) => o.textContent)), ['东厂区', '西厂区'])
  const { hits } = await admin.ok('POST', '/zones/test', { geometry: { type: 'Polygon', coordinates: [[...RING, RING[0]]] } })
  await page.waitForFunction((want) => document.querySelectorAll('[data-hit]').length === want, hits.length)
  await page.selectOption('[data-test=site-pick]', { label: '西厂区' })
  await page.waitForFunction(() => document.querySelector('[data-test=place]').value.includes('116.15'))
  await give('米.zip', shapefile([{ ring: [[432_000, 4_050_000], [432_000, 4_051_000], [433_000, 4_051_000]], attributes: { NAME: '高斯' } }], GAUSS_117))
  await page.waitForFunction(() => /^POLYGON\(\(116\.2\d+ 36\.5/.test(document.querySelector('[data-test=place]').value))
  await give('a.kml', '<kml xmlns="http://www.opengis.net/kml/2.2"><Placemark><name>点</name><Point><coordinates>116.3,36.6,0</coordinates></Point></Placemark></kml>')
  await page.waitForFunction(() => document.querySelector('[data-test=place]').value === '116.3,36.6')
  await give('旧.zip', shapefile([{ ring: RING }], XIAN_80))
  assert.match(await page.innerText('[data-test=site-fault]'), /CGCS2000/)
  await give('反.geojson', JSON.stringify({ type: 'Point', coordinates: [36.59, 116.26] }))
  await page.waitForSelector('[data-test=site-elsewhere]')
  await shot(page, 'zones-exchanged')
  await page.click('[data-test=site-turn]')
  await page.waitForFunction(() => document.querySelector('[data-test=place]').value === '116.26,36.59')
  quiet(seen, 'a site out of a file')
})

test('a layer file: what it lacks is asked for once, positions that look wrong are told and converted, then it is written', { timeout: 150_000 }, async () => {
  const EASY = ['text', 'choice', 'date', 'boolean', 'integer', 'decimal']
  const view = views.find((v) => v.can_create && v.definition.zoning?.length > 0 && v.definition.map && v.definition.field.find((f) => f.name === v.definition.map.field)?.type === 'area' && v.definition.field.filter((f) => f.required && f.name !== v.definition.map.field).every((f) => EASY.includes(f.type)))
  assert.ok(view)
  const before = (await admin.ok('GET', `/registers/${view.name}/records?page_size=1`)).total
  const text = view.definition.field.find((f) => f.type === 'text' && f.required && !f.pattern)
  await page.goto(`${base}/zones`)
  await page.click('[data-test=layer-import]')
  await page.selectOption('[data-test=layer-register]', view.name)
  const give = (name, areas, prj) => page.setInputFiles('[data-test=layer-file]', { name, mimeType: 'application/zip', buffer: Buffer.from(shapefile(areas, prj)) })
  const read = async (want) => page.waitForSelector(`[data-test=layer-report]${want}`)
  // Latitude before longitude.
  await give('反.zip', [{ ring: RING.map(([x, y]) => [y, x]), attributes: { NAME: 'E2E 反' } }])
  await page.waitForSelector('[data-suspicion=swapped]')
  assert.ok(await page.isDisabled('[data-test=layer-write]'))
  await shot(page, 'layer-swapped')
  await page.click('[data-test=layer-convert]')
  await read('[data-suspicions=""]')
  // Far away: told, nothing to convert.
  await give('远.zip', [{ ring: RING.map(([x, y]) => [x - 10, y - 10]), attributes: { NAME: 'E2E 远' } }])
  await page.waitForSelector('[data-suspicion=elsewhere]')
  // As it should be; attributes nobody knows are given a field, what is missing is said once for all.
  await give('分区.zip', [{ ring: RING, attributes: { MC: 'E2E 图层' } }, { ring: RING.map(([x, y]) => [x - 0.05, y]), attributes: { MC: 'E2E 图层二' } }])
  await page.waitForFunction(() => Number(document.querySelector('[data-test=layer-report]')?.dataset.findings) > 0)
  await page.selectOption('[data-test=layer-columns] select', text.name)
  for (const field of view.definition.field.filter((f) => f.required && f.name !== text.name && f.name !== view.definition.map.field)) {
    const cell = page.locator(`[data-test=layer-set] [data-field=${field.name}]`)
    if ((await cell.count()) === 0) continue
    if (field.type === 'choice') {
      await cell.locator('.el-select__wrapper').click()
      await page.locator('.el-select-dropdown__item:visible').first().click()
    } else if (field.type === 'boolean') await cell.locator('input').first().check()
    else {
      await cell.locator('input, textarea').first().fill(field.type === 'date' ? '2026-01-01' : field.type === 'text' ? '端到端' : '1')
      await page.keyboard.press('Enter')
    }
  }
  await page.click('[data-test=layer-again]')
  await read('[data-findings="0"][data-new="2"]')
  await shot(page, 'layer-import')
  assert.equal((await admin.ok('GET', `/registers/${view.name}/records?page_size=1`)).total, before, 'reading writes nothing')
  await page.click('[data-test=layer-write]')
  await page.waitForSelector('[data-test=layer-written]')
  assert.equal((await admin.ok('GET', `/registers/${view.name}/records?page_size=1`)).total, before + 2)
  quiet(seen, 'a layer file')
})

test('registers on the district’s map: chosen in the legend, kept in the address, a record opens beside it', { timeout: 180_000 }, async () => {
  const points = views.filter((v) => v.records > 0 && fieldOf(v, 'point')?.name === v.definition.map.field).slice(0, 2)
  const [area] = views.filter((v) => v.records > 0 && fieldOf(v, 'area')?.name === v.definition.map.field)
  await page.goto(`${base}/map`)
  await mapAtRest(page)
  assert.equal(await page.locator('[data-choose]').count(), 0, 'the list of registers is not read before somebody asks for it')
  await page.click('[data-test=map-lists] summary')
  const chosen = [...points, area].map((v) => v.name)
  for (const name of chosen) await page.check(`[data-choose=${name}]`)
  assert.equal(new URL(page.url()).searchParams.get('lists'), chosen.join(','))
  await page.reload()
  await mapAtRest(page)
  for (const name of chosen) {
    const { total, features } = await admin.ok('GET', `/registers/${name}/map?limit=1000`)
    await page.waitForSelector(`[data-list=${name}][data-total="${total}"]`)
    await page.waitForFunction((key) => document.querySelector('.gl').huanshuMap.getSource(`list:${key}`) !== undefined, name)
    const drawn = await page.$eval('.gl', async (gl, key) => (await gl.huanshuMap.getSource(`list:${key}`).getData()).features.map((f) => f.properties.id), name)
    assert.deepEqual(drawn.sort(), features.map((f) => f.properties.id).sort(), name)
  }
  await mapAtRest(page)
  const hit = await page.$eval('.gl', (gl, names) => {
    const map = gl.huanshuMap
    const { left, top } = gl.getBoundingClientRect()
    for (const f of map.queryRenderedFeatures({ layers: names.map((n) => `list:${n}-point`) })) {
      const p = map.project(f.geometry.coordinates)
      const above = document.elementFromPoint(left + p.x, top + p.y)
      const alone = map.queryRenderedFeatures([[p.x - 4, p.y - 4], [p.x + 4, p.y + 4]], { layers: ['points-icon', ...names.map((n) => `list:${n}-point`)] }).length === 1
      if (above?.classList.contains('maplibregl-canvas') && alone) return { x: left + p.x, y: top + p.y, id: f.properties.id, list: f.layer.id.slice(5, -6) }
    }
    return null
  }, points.map((v) => v.name))
  assert.ok(hit, 'a record lies where a pointer can hit it')
  await page.mouse.click(hit.x, hit.y)
  await page.waitForSelector(`[data-test=drawer] [data-test=record][data-id="${hit.id}"]`)
  assert.equal(new URL(page.url()).searchParams.get('at'), `${hit.list}/${hit.id}`)
  await shot(page, 'map-registers')
  await page.click(`[data-list=${chosen[0]}] button`)
  assert.equal(new URL(page.url()).searchParams.get('lists'), chosen.slice(1).join(','))
  await page.waitForFunction((key) => document.querySelector('.gl').huanshuMap.getSource(`list:${key}`) === undefined, chosen[0])
  await settled(page)
  quiet(seen, 'registers on the map')
})
