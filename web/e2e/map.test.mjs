// 一张图: every subject with a place is drawn, layers switch, a click opens the drawer; without WebGL2 as well.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { ask, base, browser, mapAtRest, quiet, settled, shot, signIn, watched } from './support.mjs'

let chromium, seen, page
before(async () => {
  chromium = await browser()
  seen = await watched(chromium.context)
  page = seen.page
  await signIn(page, 'duty_officer')
})
after(() => chromium.close())

/** Ids that stand in the map's source, and how many features each layer draws. */
const drawn = () =>
  page.$eval('.gl', (box) => {
    const map = box.huanshuMap
    const ids = new Set(map.querySourceFeatures('points').map((f) => f.properties.id))
    const layers = {}
    for (const f of map.queryRenderedFeatures()) layers[f.layer.id] = (layers[f.layer.id] ?? 0) + 1
    return { ids: [...ids].sort((a, b) => a - b), layers }
  })

test('the map draws what the API gives', { timeout: 150_000 }, async () => {
  await page.goto(`${base}/map`)
  await mapAtRest(page)
  const points = await ask(page, '/map/points')
  const { ids, layers } = await drawn()
  assert.ok(points.features.length > 20)
  // Sections far outside of the view are not loaded as tiles; everything inside the district is.
  const [[west, south], [east, north]] = await page.$eval('.gl', (box) => box.huanshuMap.getBounds().toArray())
  const inside = points.features.filter(({ geometry: { coordinates: [lon, lat] } }) => lon > west && lon < east && lat > south && lat < north).map((f) => f.properties.id)
  assert.deepEqual(inside.filter((id) => !ids.includes(id)), [], 'every point in view is in the map')
  for (const layer of ['district-fill', 'neighbours-line', 'towns-dot', 'rivers-line', 'points-icon']) assert.ok(layers[layer] > 0, `${layer} is drawn`)
  assert.ok(layers['towns-label'] > 0, 'names are drawn with local fonts')
  for (const kind of ['air_station', 'water_section', 'gas_outlet']) {
    const shown = Number(await page.locator(`[data-kind="${kind}"]`).innerText())
    assert.equal(shown, points.features.filter((f) => f.properties.kind === kind).length, kind)
  }
  quiet(seen, 'map')
})

test('a layer that is switched off is gone, and stays off after a reload', { timeout: 150_000 }, async () => {
  await page.goto(`${base}/map?off=rivers,gas_outlet`)
  await mapAtRest(page)
  const { layers, ids } = await drawn()
  assert.equal(layers['rivers-line'] ?? 0, 0)
  const outlets = (await ask(page, '/map/points?kind=gas_outlet')).features.map((f) => f.properties.id)
  assert.deepEqual(ids.filter((id) => outlets.includes(id)), [])
})

test('a click opens the drawer with values and curve; search finds by name', { timeout: 150_000 }, async () => {
  await page.goto(`${base}/map`)
  await mapAtRest(page)
  const points = (await ask(page, '/map/points?kind=air_station')).features
  const at = await page.$eval('.gl', (box, place) => {
    const { x, y } = box.huanshuMap.project(place)
    const { left, top } = box.getBoundingClientRect()
    return [left + x, top + y]
  }, points[0].geometry.coordinates)
  await page.mouse.click(...at)
  await page.waitForSelector('[data-test=drawer] [data-test=subject-panel]')
  assert.match(page.url(), /[?&]at=\d+/)
  await settled(page)
  await page.waitForSelector('[data-test=drawer] [data-series]')
  await mapAtRest(page)
  await shot(page, 'map-drawer')

  await page.goto(`${base}/map`)
  await page.fill('.side input[type=search]', points[1].properties.name)
  await page.click('.found button')
  await page.waitForFunction((name) => document.querySelector('[data-test=drawer] h2')?.textContent === name, points[1].properties.name)
  quiet(seen, 'map drawer')
})

test('without WebGL2 the same points stand on a plain map', async () => {
  await page.goto(`${base}/map?webgl=off`)
  await page.waitForSelector('[data-engine=echarts]')
  const points = await ask(page, '/map/points')
  await page.waitForFunction((n) => Number(document.querySelector('[data-engine=echarts]').dataset.points) === n, points.features.length)
  await shot(page, 'map-without-webgl')
  quiet(seen, 'flat map')
})
