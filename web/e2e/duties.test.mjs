// What the plan asks of people by itself: a unit acknowledges what it was told, and the yearly list comes out of the plan.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { base, browser, quiet, signIn, watched } from './support.mjs'

let chromium
before(async () => {
  chromium = await browser()
})
after(() => chromium?.close())

async function as(role, work) {
  await chromium.context.clearCookies()
  const seen = await watched(chromium.context)
  await signIn(seen.page, role)
  await work(seen.page)
  quiet(seen, role)
  await seen.page.close()
}

test('a department finds on its first page what it was told, and acknowledges it once', async () => {
  await as('department', async (page) => {
    await page.goto(`${base}/`)
    const told = page.locator('[data-block="planMine"] [data-test="notices"] li[data-seen="false"]').first()
    await told.waitFor()
    const id = await told.getAttribute('data-notice')
    await told.locator('[data-test="see"]').click()
    await told.locator('input').fill('已安排整改')
    await told.locator('[data-test="see-confirm"]').click()
    await page.waitForFunction((gone) => !document.querySelector(`[data-block="planMine"] [data-notice="${gone}"]`), id)
    await page.goto(`${base}/plan/mine`)
    const kept = page.locator(`[data-notice="${id}"]`)
    await kept.waitFor()
    assert.equal(await kept.getAttribute('data-seen'), 'true')
    assert.equal(await kept.locator('[data-test="see"]').count(), 0)
  })
})

test('the yearly list is put into the register once and left alone afterwards', async () => {
  await as('inspector', async (page) => {
    await page.goto(`${base}/plan/goals?year=2025`)
    const rows = page.locator('[data-test="proposed"] tbody tr')
    await page.locator('[data-test="left-out"]').waitFor()
    const proposed = await rows.count()
    assert.ok(proposed > 10, `the plan gives a list: ${proposed}`)
    await rows.first().locator('input').uncheck()
    const first = await rows.first().getAttribute('data-goal')
    await page.locator('[data-test="derive"]').click()
    const made = page.locator('[data-test="made"]')
    await made.waitFor()
    assert.equal(await made.getAttribute('data-made'), String(proposed - 1))
    await page.waitForFunction(() => document.querySelectorAll('[data-test="proposed"] tbody tr').length === 1)
    assert.equal(await rows.first().getAttribute('data-goal'), first, 'what was left out stays proposed')
  })
})

test('figures of other plans stand beside this one’s', async () => {
  await as('leader', async (page) => {
    await page.goto(`${base}/plan/consistency`)
    const rows = page.locator('[data-test="consistency"] tbody tr')
    await rows.first().waitFor()
    for (const row of await rows.all()) assert.ok((await row.locator('td').nth(5).innerText()).length > 4, 'each has its reason')
  })
})
