// Every role opens every page it may open: nothing fails, nothing is asked elsewhere, «演示» stands on each.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { ask, base, browser, mapAtRest, quiet, settled, shot, signIn, watched } from './support.mjs'

const PAGES = [
  ['/', null], ['/map', 'subjects.read'], ['/cockpit', 'subjects.read'],
  ['/subjects?kind=air_station', 'subjects.read'], ['/subjects?kind=gas_outlet,water_outlet', 'subjects.read'],
  ['/alarms?state=open,acknowledged', 'alarms.read'], ['/judgements', 'subjects.read'], ['/standards', 'standards.evaluate'],
  ['/devices', 'devices.read'], ['/quarantine', 'quarantine.read'], ['/users', 'users.read'], ['/tokens', 'tokens.read'],
  ['/audit', 'audit.read'], ['/system', 'system.read'],
  ['/registers', 'registers.read'], ['/registers/deadlines', 'registers.read'], ['/sources', 'registers.read'], ['/systems', 'systems.read'],
]
const ROLES = ['administrator', 'auditor', 'duty_officer', 'inspector', 'leader', 'town', 'department', 'firm']

let chromium
before(async () => {
  chromium = await browser()
})
after(() => chromium.close())

for (const role of ROLES) {
  test(`${role} opens each of its pages`, { timeout: 300_000 }, async () => {
    await chromium.context.clearCookies()
    const seen = await watched(chromium.context)
    const { page } = seen
    try {
      await signIn(page, role)
      const { actions } = await ask(page, '/session')
      for (const [path, action] of PAGES) {
        await page.goto(base + path)
        if (action && !(action in actions)) {
          await page.waitForURL((url) => url.pathname === path.split('?')[0])
          await page.waitForSelector('.missing') // the page for what is not there, not the one asked for
          continue
        }
        await page.waitForSelector('h1')
        await settled(page)
        assert.equal(await page.locator('[role=alert]').count(), 0, `${role} ${path} shows no error`)
        assert.equal(await page.locator('[data-test=demo-ribbon]').count(), 1, `${role} ${path} says that data are simulated`)
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
        assert.ok(wide <= 0, `${role} ${path} is ${wide} px too wide`)
        if (path === '/map' || path === '/cockpit') await mapAtRest(page)
        await shot(page, `${role}${path.replace(/[^a-z]+/gi, '-')}`)
        quiet(seen, `${role} ${path}`)
      }
    } finally {
      await page.close()
    }
  })
}

test('a page that does not exist says so', async () => {
  const seen = await watched(chromium.context)
  await seen.page.goto(`${base}/no/such/page`)
  await seen.page.waitForSelector('.missing')
  quiet(seen, 'missing page')
  await seen.page.close()
})

test('somebody who is not signed in is asked to, and comes back to where they wanted to go', async () => {
  await chromium.context.clearCookies()
  const { page } = await watched(chromium.context)
  await page.goto(`${base}/alarms?state=open`)
  await page.waitForURL(/\/login/)
  await page.fill('[name=login]', 'duty')
  await page.fill('[name=password]', 'not the password')
  await page.click('[data-test=enter]')
  await page.waitForSelector('[role=alert]')
  assert.match(page.url(), /\/login/, 'a wrong password does not let anybody in')
  await page.click('[data-login="duty"]')
  await page.click('[data-test=enter]')
  await page.waitForURL((url) => url.pathname === '/alarms' && url.search === '?state=open')
  await page.close()
})
