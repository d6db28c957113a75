// The duty officer's work: alarms, quarantine, devices, rules; and the lists they stand in.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { ask, base, browser, eventually, quiet, settled, shot, signIn, watched } from './support.mjs'

let chromium, seen, page
before(async () => {
  chromium = await browser()
  seen = await watched(chromium.context)
  page = seen.page
  await signIn(page, 'duty_officer')
})
after(() => chromium.close())

async function openAlarm(kind) {
  const { items } = await ask(page, `/alarms?state=open&kind=${kind}`)
  assert.ok(items.length > 0, `the demonstration has an open alarm of kind ${kind}`)
  return items[0]
}

test('an exceedance shows curve, limit, judgement and its words', async () => {
  const alarm = await openAlarm('exceedance')
  await page.goto(`${base}/alarms?state=open&id=${alarm.id}`)
  await page.waitForSelector(`[data-test=alarm-panel][data-id="${alarm.id}"]`)
  await page.waitForSelector('[data-test=alarm-panel] [data-test=judgement]')
  await page.waitForFunction(() => Number(document.querySelector('[data-test=alarm-panel] [data-series]')?.dataset.points) > 0)
  const text = await page.innerText('[data-test=alarm-panel]')
  assert.ok(text.includes(alarm.value), 'the worst value stands there as it was judged')
  assert.match(text, /▲/)
  assert.match(text, /超 [\d.]+ 倍/)
  await shot(page, 'alarm-exceedance')
  quiet(seen, 'alarm')
})

test('acknowledge, comment, close with a reason; another screen sees it without asking', { timeout: 90_000 }, async () => {
  const alarm = await openAlarm('silence').catch(() => openAlarm('warning'))
  const other = await watched(chromium.context)
  await other.page.goto(`${base}/alarms?id=${alarm.id}`)
  await other.page.waitForSelector('[data-test=alarm-panel]')
  await other.page.waitForSelector('[data-live=on]')

  await page.goto(`${base}/alarms?id=${alarm.id}`)
  await page.fill('[data-test=alarm-panel] textarea', '已电话核实现场情况')
  await page.click('[data-test=acknowledge]')
  await page.waitForSelector('.events li:has-text("确认")')
  await page.fill('[data-test=alarm-panel] textarea', '运维人员 20 分钟后到场')
  await page.click('[data-test=comment]')
  await page.waitForSelector('.events li:has-text("运维人员 20 分钟后到场")')
  assert.ok(await page.isDisabled('[data-test=close]'), 'no closing without a reason')
  await page.click('[data-test=reason]')
  await page.click('.el-select-dropdown__item:has-text("维护校准"):visible')
  await page.click('[data-test=close]')
  await page.waitForSelector('.events li:has-text("关闭")')
  assert.equal((await ask(page, `/alarms/${alarm.id}`)).close_reason, 'maintenance')

  await other.page.waitForSelector('.events li:has-text("关闭")', { timeout: 15_000 })
  quiet(other, 'the other screen')
  await other.page.close()
  quiet(seen, 'desk')
})

test('sound is off until somebody wants it', async () => {
  await page.goto(`${base}/alarms`)
  assert.equal(await page.isChecked('[data-test=sound]'), false)
})

test('filters stand in the address, survive a reload, and the export has what the filter says', async () => {
  await page.goto(`${base}/subjects?kind=gas_outlet,water_outlet`)
  await settled(page)
  await page.click('th button:has-text("名称")')
  await page.waitForURL(/sort=zh/)
  await settled(page)
  const names = await page.$$eval('[data-row]', (rows) => rows.map((r) => r.dataset.row))
  await page.reload()
  await settled(page)
  assert.deepEqual(await page.$$eval('[data-row]', (rows) => rows.map((r) => r.dataset.row)), names)
  const total = Number(await page.getAttribute('[data-test=total]', 'data-total'))
  assert.equal(total, (await ask(page, '/subjects?kind=gas_outlet,water_outlet')).total)

  const [file] = await Promise.all([page.waitForEvent('download'), page.click('button:has-text("导出 CSV")')])
  const text = readFileSync(await file.path(), 'utf8')
  assert.equal(text.charCodeAt(0), 0xfeff, 'spreadsheets see that it is UTF-8')
  assert.equal(text.trim().split('\r\n').length, total + 1)

  await page.goto(`${base}/subjects?kind=gas_outlet&page_size=20&page=1&q=no-such-name-anywhere`)
  await page.waitForSelector('text=没有符合条件的记录')
  quiet(seen, 'lists')
})

test('a subject shows values with unit, time and limit, and its curve', async () => {
  const { items } = await ask(page, '/subjects?kind=gas_outlet&online=true')
  await page.goto(`${base}/subjects/${items[0].id}`)
  await page.waitForSelector('[data-test=subject-panel]')
  await page.waitForFunction(() => Number(document.querySelector('[data-series]')?.dataset.points) > 0)
  assert.match(await page.innerText('[data-test=subject-panel] .table'), /mg\/m³/)
  await page.click('[role=tab]:has-text("基本信息")')
  assert.match(await page.innerText('[data-test=subject-panel]'), /MN|设备/)
  await shot(page, 'subject')
  quiet(seen, 'subject')
})

test('a quarantined frame names its faults, and the byte is marked', async () => {
  const { items } = await ask(page, '/quarantine')
  const frame = items.find((f) => f.raw && /^[\x20-\x7e\r\n]*$/.test(f.raw) && f.diagnoses.some((d) => d.at != null))
  assert.ok(frame, 'the demonstration has a frame whose fault has a place')
  await page.goto(`${base}/quarantine`)
  await page.click(`[data-row="${frame.id}"]`)
  await page.waitForSelector('[data-test=frame] mark')
  const places = frame.diagnoses.map((d) => d.at).filter((at) => at != null && at < frame.raw.length)
  const marks = await page.$$eval('[data-test=frame] mark', (all) => all.map((m) => [Number(m.dataset.at), m.lastChild.textContent]))
  for (const at of places) {
    // The frame is plain ASCII here, so that a byte is a character.
    const shown = { '\r': '\\r', '\n': '\\n' }[frame.raw[at]] ?? frame.raw[at]
    assert.ok(marks.some(([m, text]) => m === at && text === shown), `byte ${at} («${shown}») is marked: ${JSON.stringify(marks)}`)
  }
  await shot(page, 'quarantine')
  quiet(seen, 'quarantine')
})

test('a decision on a device needs a reason and says what came of it', async () => {
  const { items } = await ask(page, '/devices?state=approved&page_size=1')
  await page.goto(`${base}/devices?q=${items[0].mn}`)
  await page.click(`[data-row="${items[0].mn}"]`)
  assert.ok(await page.isDisabled('[data-test=approve]'), 'no decision without a reason')
  await page.fill('.decide input[maxlength="500"]', '已现场核对铭牌')
  await page.click('[data-test=approve]')
  await page.waitForSelector('.decide [role=status]')
  assert.match(await page.innerText('.decide [role=status]'), /已放行暂存报文 \d+ 条/)
  const after = (await ask(page, `/devices?q=${items[0].mn}`)).items[0]
  assert.deepEqual([after.state, after.subject?.id], ['approved', items[0].subject?.id], 'it keeps what it measures')
  quiet(seen, 'devices')
})

test('a rule computes with its example and explains itself; bad input names the field', async () => {
  await page.goto(`${base}/standards/aqi/daily_aqi`)
  await page.waitForSelector('[data-test=topics]')
  const topics = await ask(page, '/standards/topics')
  assert.equal(Number(await page.getAttribute('[data-test=topics]', 'data-topics')), topics.total)
  const topic = topics.items.find((x) => x.id.startsWith('aqi/')) ?? topics.items[0]
  await page.goto(`${base}/standards/${topic.id}`)
  await page.waitForSelector('[data-test=input]')
  await page.waitForFunction(() => document.querySelector('[data-test=input]').value.length > 2)
  await page.click('[data-test=compute]')
  await page.waitForSelector('[data-test=judgement]')
  assert.ok((await page.locator('[data-test=judgement] .basis li').count()) > 0)
  await shot(page, 'standards')
  await page.fill('[data-test=input]', '{ "nonsense": ')
  await page.click('[data-test=compute]')
  await page.waitForSelector('.fault')
  quiet(seen, 'standards')
  await page.fill('[data-test=input]', '{ "nonsense": true }')
  await page.click('[data-test=compute]')
  await page.waitForSelector('[data-test=fault]')
  assert.ok((await page.innerText('[data-test=fault]')).length > 8)
  seen.complaints.length = 0 // the browser itself reports the refused request
})

test('every word changes with the language', async () => {
  await page.goto(`${base}/alarms`)
  await page.click('[data-test=locale]')
  await page.waitForSelector('h1:has-text("Alarm desk")')
  assert.equal(await page.getAttribute('html', 'lang'), 'en')
  await eventually(async () => {
    const text = await page.innerText('nav.menu')
    assert.doesNotMatch(text, /\p{Script=Han}/u)
  })
  await page.click('[data-test=locale]')
  await page.waitForSelector('h1:has-text("告警处置")')
  quiet(seen, 'language')
})

test('the auditor verifies the chain', async () => {
  await chromium.context.clearCookies()
  await signIn(page, 'auditor')
  await page.goto(`${base}/audit`)
  await page.click('.verify')
  await page.waitForSelector('[data-test=chain] [data-ok=true]')
  await chromium.context.clearCookies()
  quiet(seen, 'audit')
})

test('a town sees its own and may not close', async () => {
  await chromium.context.clearCookies()
  await signIn(page, 'town')
  const { items } = await ask(page, '/alarms?state=open,acknowledged')
  await page.goto(`${base}/alarms`)
  await settled(page)
  if (items.length > 0) {
    await page.goto(`${base}/alarms?id=${items[0].id}`)
    await page.waitForSelector('[data-test=alarm-panel]')
  }
  assert.equal(await page.locator('[data-test=close]').count(), 0)
  quiet(seen, 'town')
})
