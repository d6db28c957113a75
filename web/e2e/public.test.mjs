// The public portal and the sign-in page: open to all, light, and fit for everybody.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { after, before, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { base, browser, mapAtRest, quiet, settled, shot, watched } from './support.mjs'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
/** What a first screen may cost, gzipped. */
const FIRST_SCREEN = 150_000

let chromium, seen, page
before(async () => {
  chromium = await browser()
  seen = await watched(chromium.context)
  page = seen.page
})
after(() => chromium.close())

async function violations() {
  await page.evaluate(axe)
  const { violations: found } = await page.evaluate(() => window.axe.run(document))
  return found.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).slice(0, 5).join(' | ')}`)
}

async function open(path) {
  await page.goto(base + path)
  await settled(page)
}

test('anybody sees stations and sections, as many as the API gives', async () => {
  await open('/public')
  const air = await (await fetch(`${base}/api/v1/public/air`)).json()
  const water = await (await fetch(`${base}/api/v1/public/water`)).json()
  assert.ok(air.items.length > 0 && water.items.length > 0)
  assert.equal(await page.locator('[data-test=stations] > li').count(), air.items.length)
  assert.equal(await page.locator('[data-test=sections] tbody tr').count(), water.items.length)
  assert.equal(await page.locator('[data-test=demo-ribbon]').count(), 1)
  await shot(page, 'public')
  quiet(seen, 'public portal')
})

test('a value that is missing is a dash, never a zero', async () => {
  await open('/public')
  const air = await (await fetch(`${base}/api/v1/public/air`)).json()
  for (const station of air.items) {
    if (station.hour?.aqi != null) continue
    const card = page.locator('[data-test=stations] > li', { hasText: station.zh })
    assert.equal(await card.first().locator('.chip').innerText(), '—')
  }
})

test('axe finds nothing: as opened, opened up, in large type, in English, with the map', { timeout: 180_000 }, async () => {
  await open('/public')
  assert.deepEqual(await violations(), [])
  await page.locator('[data-test=stations] .more').first().click()
  assert.deepEqual(await violations(), [])
  await page.click('[data-test=large]')
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), true)
  assert.deepEqual(await violations(), [])
  await shot(page, 'public-large')
  await page.click('[data-test=large]')
  await page.click('[data-test=locale]')
  await page.waitForSelector('html[lang=en]')
  assert.deepEqual(await violations(), [])
  await page.click('[data-test=locale]')
  await page.click('[data-test=show-map]')
  await mapAtRest(page)
  assert.deepEqual(await violations(), [])
  await shot(page, 'public-map')
  quiet(seen, 'public portal')
})

test('the keyboard reaches everything: the first stop skips to the content', async () => {
  await open('/public')
  await page.keyboard.press('Tab')
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('href')), '#main')
  await page.keyboard.press('Enter')
  assert.equal(await page.evaluate(() => document.activeElement?.id), 'main')
  const stops = []
  for (let i = 0; i < 4; i += 1) {
    await page.keyboard.press('Tab')
    stops.push(await page.evaluate(() => document.activeElement?.tagName))
  }
  assert.ok(stops.every((tag) => tag === 'BUTTON' || tag === 'A'), stops.join(' '))
})

test('on a phone nothing is cut off', async () => {
  await page.setViewportSize({ width: 390, height: 844 })
  for (const path of ['/public', '/public/plan', '/login']) {
    await open(path)
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), path)
    await shot(page, `phone${path.replaceAll('/', '-')}`)
  }
  await page.setViewportSize({ width: 1366, height: 768 })
})

test('the sign-in page is clean and lists the demo logins', async () => {
  await open('/login')
  await page.waitForSelector('[data-login]')
  assert.deepEqual(await violations(), [])
  await shot(page, 'login')
  quiet(seen, 'sign-in')
})

for (const path of ['/public', '/public/plan', '/login']) {
  test(`the first screen of ${path} costs at most ${FIRST_SCREEN / 1000} kB`, async () => {
    const fresh = await browser()
    try {
      const { page: first } = await watched(fresh.context)
      const sizes = []
      first.on('response', (response) => {
        if (/\.(js|mjs|css)$/.test(new URL(response.url()).pathname)) sizes.push(response.body().then((body) => gzipSync(body).length))
      })
      await first.goto(base + path)
      await settled(first)
      const sum = (await Promise.all(sizes)).reduce((a, b) => a + b, 0)
      assert.ok(sum > 20_000, 'scripts were counted')
      assert.ok(sum <= FIRST_SCREEN, `${sum} bytes gzipped`)
      console.log(`${path}: ${(sum / 1000).toFixed(1)} kB gzipped`)
    } finally {
      await fresh.close()
    }
  })
}
