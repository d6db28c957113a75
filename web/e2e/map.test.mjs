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

/** Start of the hour that ends at an instant, and the instant as the address has it. */
const HOUR = 3_600_000
const stamp = (ms) => new Date(ms + 8 * HOUR).toISOString().slice(0, 16)
/** Waits until the map shows an instant, and nothing is asked any more. */
const shows = (at) => page.waitForFunction((want) => {
  const bar = document.querySelector('[data-test=timebar]')
  return bar?.dataset.at === want && bar.dataset.busy === 'false'
}, at)
/** Level of each station as the map's source has it, by id. */
const levels = () => page.$eval('.gl', (box) => Object.fromEntries(box.huanshuMap.querySourceFeatures('points').filter((f) => f.properties.kind === 'air_station').map((f) => [f.properties.id, [f.properties.level ?? null, f.properties.icon, f.properties.figure]])))

test('an hour of the past shows what was judged of it, by slider and by keyboard, and the present returns', { timeout: 240_000 }, async () => {
  const rows = (await ask(page, '/judgements?topic=aqi/hourly&grain=hour&page_size=200')).items
  const stations = (await ask(page, '/map/points?kind=air_station')).features.map((f) => f.properties.id)
  // An hour some hours back in which most stations were judged.
  const byHour = new Map()
  for (const r of rows) byHour.set(Date.parse(r.time), [...(byHour.get(Date.parse(r.time)) ?? []), r])
  const [start, judged] = [...byHour].sort(([a], [b]) => a - b).findLast(([time, list]) => list.length >= stations.length / 2 && time < Date.now() - 3 * HOUR)
  const end = start + HOUR
  await page.goto(`${base}/map?time=${stamp(end)}`)
  await shows(`${stamp(end)}:00+08:00`)
  await mapAtRest(page)
  const then = await levels()
  const colours = await page.evaluate(() => [1, 2, 3, 4, 5, 6].map((l) => getComputedStyle(document.documentElement).getPropertyValue(`--aqi-${l}`).trim()))
  let compared = 0
  for (const row of judged) {
    if (!(row.subject in then)) continue
    const { result } = (await ask(page, `/judgements/${row.id}`)).body
    const [level, icon, figure] = then[row.subject]
    assert.equal(level, result.level, `${row.subject_name ?? row.subject} at ${row.time}`)
    assert.equal(figure, result.aqi == null ? '—' : String(result.aqi))
    if (level !== null) assert.equal(icon, `disc|${colours[level - 1]}`)
    compared += 1
  }
  assert.ok(compared >= 5, `${compared} stations compared`)
  await shot(page, 'map-past')
  // The drawer says of which hour the map speaks, and what it shows of the thing then.
  const [row] = judged.filter((j) => j.subject in then)
  await page.goto(`${base}/map?time=${stamp(end)}&at=${row.subject}`)
  const note = page.locator('[data-test=drawer] [data-test=then]')
  await note.waitFor()
  assert.equal(await note.getAttribute('data-at'), stamp(end).replace('T', ' '))
  const { result: judgedThen } = (await ask(page, `/judgements/${row.id}`)).body
  if (judgedThen.aqi != null) assert.ok((await note.innerText()).includes(String(judgedThen.aqi)), 'the AQI of that hour')
  assert.match(await note.innerText(), /当前数据/)
  await shot(page, 'map-past-drawer')
  await page.click('[data-test=present]')
  await shows('')
  assert.equal(await note.count(), 0, 'at present there is nothing to explain')
  await page.goto(`${base}/map?time=${stamp(end)}`)
  await shows(`${stamp(end)}:00+08:00`)

  await page.focus('[data-test=hours]')
  await page.keyboard.press('ArrowLeft')
  await shows(`${stamp(end - HOUR)}:00+08:00`)
  assert.match(decodeURIComponent(page.url()), new RegExp(`time=${stamp(end - HOUR)}`))
  await page.click('[data-test=present]')
  await shows('')
  assert.doesNotMatch(page.url(), /time=/)

  await page.goto(`${base}/map?time=2020-01-01T08:00`)
  await shows('2020-01-01T08:00:00+08:00')
  await mapAtRest(page)
  for (const [level, , figure] of Object.values(await levels())) assert.deepEqual([level, figure], [null, '—'], 'before any data there is no class')
  quiet(seen, 'looking back')
})

test('playing asks for one hour at a time', { timeout: 240_000 }, async () => {
  let out = 0
  let most = 0
  const asked = []
  await page.route('**/api/v1/map/points*', async (route) => {
    out += 1
    most = Math.max(most, out)
    asked.push(new URL(route.request().url()).searchParams.get('at'))
    await new Promise((resolve) => setTimeout(resolve, 1500))
    await route.continue()
    out -= 1
  })
  await page.goto(`${base}/map?span=24`)
  await shows('')
  asked.length = 0
  await page.focus('[data-test=play]')
  await page.keyboard.press('Space')
  await page.waitForFunction(() => document.querySelector('[data-test=play]').getAttribute('aria-pressed') === 'true')
  while (asked.length < 4) await page.waitForTimeout(200)
  await page.keyboard.press('Space')
  await page.waitForFunction(() => document.querySelector('[data-test=timebar]').dataset.busy === 'false')
  await page.unroute('**/api/v1/map/points*')
  assert.equal(most, 1, 'never two at once')
  // The present may be asked for once more before the play begins.
  const times = asked.filter((at) => at !== null).map((at) => Date.parse(at))
  assert.deepEqual(times.slice(1), times.slice(0, -1).map((ms) => ms + HOUR), 'hour by hour, none left out')
  quiet(seen, 'playing')
})

test('air between the stations: bands in the colours of their classes, with what they are made of', { timeout: 240_000 }, async () => {
  await page.goto(`${base}/map`)
  await mapAtRest(page)
  assert.equal((await drawn()).layers['air-fill'] ?? 0, 0, 'off until somebody wants it')
  await page.check('[data-air=aqi]', { force: true })
  await page.waitForSelector('[data-test=air-legend]')
  await mapAtRest(page)
  assert.match(page.url(), /[?&]air=aqi/)
  const bands = await ask(page, '/map/air?factor=aqi')
  assert.ok(bands.features.length > 0 && bands.reason === null, JSON.stringify(bands.reason))
  const seenBands = await page.$eval('.gl', (box) => box.huanshuMap.queryRenderedFeatures({ layers: ['air-fill'] }).map((f) => [f.properties.level, f.properties.paint]))
  assert.ok(seenBands.length > 0)
  const colours = await page.evaluate(() => [1, 2, 3, 4, 5, 6].map((l) => getComputedStyle(document.documentElement).getPropertyValue(`--aqi-${l}`).trim()))
  for (const [level, paint] of seenBands) assert.equal(paint, colours[level - 1])
  const legend = page.locator('[data-test=air-legend]')
  assert.equal(await legend.locator('.scale span').count(), bands.classes.length)
  assert.match(await legend.locator('.note').innerText(), /不是监测值/)
  await shot(page, 'map-air')
  await page.check('[data-air=pm25]', { force: true })
  await page.waitForFunction(() => document.querySelector('[data-test=timebar]').dataset.busy === 'false' && document.querySelector('[data-test=air-legend]')?.textContent.includes('HJ 633'))
  await page.check('[data-air=off]', { force: true })
  await mapAtRest(page)
  await page.waitForFunction(() => !document.querySelector('[data-test=air-legend]'))
  assert.equal((await drawn()).layers['air-fill'] ?? 0, 0)
  // An hour before any data: no bands, and the reason.
  await page.goto(`${base}/map?air=aqi&time=2020-01-01T08:00`)
  await page.waitForSelector('[data-test=air-legend] .why')
  assert.match(await page.locator('[data-test=air-legend] .why').innerText(), /有效站点 0 个/)
  quiet(seen, 'air')
})

test('without WebGL2 the same points stand on a plain map', async () => {
  await page.goto(`${base}/map?webgl=off`)
  await page.waitForSelector('[data-engine=echarts]')
  const points = await ask(page, '/map/points')
  await page.waitForFunction((n) => Number(document.querySelector('[data-engine=echarts]').dataset.points) === n, points.features.length)
  await shot(page, 'map-without-webgl')
  quiet(seen, 'flat map')
})
