// A figure equals the total of the list it opens, and cockpit, alarm desk and map agree.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { ask, base, browser, eventually, mapAtRest, quiet, settled, shot, signIn, watched } from './support.mjs'

let chromium, seen, page
before(async () => {
  chromium = await browser(1920, 1080)
  seen = await watched(chromium.context)
  page = seen.page
  await signIn(page, 'duty_officer')
})
after(() => chromium.close())

const number = (text) => Number(/\d[\d\u2009]*/.exec(text)?.[0].replaceAll('\u2009', ''))
const total = async (path) => {
  await page.goto(base + path)
  await page.waitForSelector('[data-test=total]:not([data-total=""])')
  return Number(await page.getAttribute('[data-test=total]', 'data-total'))
}

test('each key figure of the cockpit equals the total of its list', { timeout: 240_000 }, async () => {
  await page.goto(`${base}/cockpit`)
  await page.waitForSelector('[data-test=figures]')
  const lists = await page.$$eval('[data-figure]', (all) => [...new Set(all.map((a) => a.dataset.figure))])
  assert.ok(lists.length >= 10, `the cockpit has ${lists.length} figures that open a list`)
  for (const list of lists) {
    await eventually(async () => {
      await page.goto(`${base}/cockpit`)
      const figure = page.locator(`[data-figure="${list}"] b, b:has(+ [data-figure="${list}"])`)
      const inText = page.locator(`[data-figure="${list}"]`).first()
      await inText.waitFor()
      const shown = (await figure.count()) > 0 ? number(await figure.first().innerText()) : number((await inText.innerText()).split(' ').at(-1))
      assert.equal(await total(list), shown, `${list}: the list has as many rows as the cockpit says`)
    })
  }
})

test('cockpit, alarm desk, menu and map count the same open alarms', async () => {
  await eventually(async () => {
    const overview = await ask(page, '/overview')
    await page.goto(`${base}/cockpit`)
    const cockpit = number(await page.locator(`[data-test=figures] [data-figure="${overview.alarms.open.list}"] b`).innerText())
    const desk = await total(overview.alarms.open.list)
    const badge = number(await page.locator('[data-test=badge-alarms]').innerText())
    assert.deepEqual([desk, badge], [cockpit, cockpit])

    // What the map marks: subjects whose alarms are not closed. A firm repeats those of its outlets.
    const points = await ask(page, '/map/points')
    const marked = points.features.filter((f) => f.properties.kind !== 'firm').reduce((sum, f) => sum + f.properties.alarms, 0)
    const subjects = await ask(page, '/subjects?page_size=200')
    const unplaced = subjects.items.filter((s) => s.lon == null && s.kind !== 'firm').reduce((sum, s) => sum + s.alarms, 0)
    assert.equal(marked + unplaced, await total('/alarms?state=open,acknowledged'))
  })
})

test('the cockpit fits its screens: the map takes half, nothing is cut off', { timeout: 200_000 }, async () => {
  for (const [width, height] of [[1920, 1080], [3840, 1080], [3840, 2160]]) {
    await page.setViewportSize({ width, height })
    await page.goto(`${base}/cockpit`)
    await page.waitForSelector('[data-test=figures]')
    await settled(page)
    await mapAtRest(page)
    const share = await page.$eval('[data-test=map]', (map) => map.clientWidth / window.innerWidth)
    assert.ok(share >= 0.49, `the map takes ${Math.round(share * 100)} % of ${width} px`)
    const over = await page.evaluate(() => [document.documentElement.scrollWidth - window.innerWidth, document.documentElement.scrollHeight - window.innerHeight])
    assert.deepEqual(over.map((x) => Math.max(0, x)), [0, 0], `${width} × ${height}`)
    await shot(page, `cockpit-${width}x${height}`)
  }
  quiet(seen, 'cockpit')
})
