// The plan's projects through the built pages: the list says what the API says, in its order; filters and totals agree with it;
// the reserve and what the plan names without a record stand apart; a unit sees its own; a row opens its record.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { as, ask, base, browser, quiet, settled, shot, signIn, watched } from './support.mjs'

let chromium
before(async () => {
  chromium = await browser()
  chromium.context.setDefaultTimeout(60_000)
})
after(() => chromium.close())

async function desk(role) {
  await chromium.context.clearCookies()
  const seen = await watched(chromium.context)
  await signIn(seen.page, role)
  return seen
}
async function open(page, path) {
  await page.goto(base + path)
  await settled(page)
}
const drawn = (page) => page.$$eval('[data-project]', (all) => all.map((e) => e.dataset.project))
const decided = (list) => list.items.filter((p) => p.stage !== 'reserve')
const STONE = (m) => (m.done ? (m.late > 0 ? 'tardy' : 'done') : m.late > 0 ? 'late' : 'coming')

test('the list shows each project with light, milestones, money and cuts, the most urgent first, today and on a day of the plan', { timeout: 240_000 }, async () => {
  const seen = await desk('leader')
  const { page } = seen
  const { plan: head } = await ask(page, '/plan')
  for (const on of ['', `?on=${head.target_year - 2}-11-20`]) {
    await open(page, `/plan/projects${on}`)
    const list = await ask(page, `/plan/projects${on}`)
    const shown = decided(list)
    assert.ok(shown.length > 5 && shown.some((p) => p.light === 'red'), 'the demonstration has projects that are behind')
    assert.deepEqual(await drawn(page), shown.map((p) => p.id))
    const rows = await page.$$eval('[data-project]', (all) =>
      all.map((e) => ({ light: e.querySelector('[data-light]').dataset.light, stones: [...e.querySelectorAll('[data-stone]')].map((s) => s.dataset.stone), rate: e.querySelector('[data-rate]').dataset.rate, text: e.textContent })),
    )
    for (const [n, p] of shown.entries()) {
      const row = rows[n]
      assert.equal(row.light, p.light, p.name)
      assert.deepEqual(row.stones, p.milestones.map(STONE), `${p.name}: milestones`)
      assert.equal(row.rate, p.money ?? '', `${p.name}: money`)
      assert.ok(row.text.includes(`${p.paid ?? '—'} / ${p.planned}`) && row.text.includes(p.task), `${p.name}: what was paid, which task`)
      for (const c of p.cuts) assert.ok(row.text.includes(`${c.names.zh} ${c.approved ?? '—'} / ${c.planned}`), `${p.name}: ${c.names.zh}`)
      if (p.late_days > 0) assert.ok(row.text.includes(p.reason.zh) && row.text.includes(`超期 ${p.late_days} 天`), `${p.name}: why and how late`)
    }
    // Totals: what the rows come to.
    const counting = shown.filter((p) => p.stage !== 'cancelled')
    const sum = (texts) => Math.round(texts.reduce((s, t) => s + Number(t ?? 0) * 1000, 0))
    assert.equal(sum([list.totals.planned]), sum(counting.map((p) => p.planned)))
    assert.equal(sum([list.totals.paid]), sum(counting.map((p) => p.paid)))
    assert.ok((await page.innerText('[data-test=money]')).includes(`${list.totals.paid} / ${list.totals.planned}`))
    for (const c of list.totals.cuts) {
      assert.equal(sum([c.approved]), sum(counting.flatMap((p) => p.cuts.filter((x) => x.pollutant === c.pollutant).map((x) => x.approved))), c.names.zh)
      assert.ok((await page.innerText(`[data-cut=${c.pollutant}]`)).includes(c.approved ?? '—'))
    }
    await shot(page, `projects${on === '' ? '' : '-past'}`)
  }
  quiet(seen, 'projects')
  await page.close()
})

test('every figure and filter opens as many projects as it says', { timeout: 240_000 }, async () => {
  const seen = await desk('leader')
  const { page } = seen
  await open(page, '/plan/projects')
  const list = await ask(page, '/plan/projects')
  const links = await page.$$eval('[data-test=totals] a[data-n], [data-stage-total]', (all) => all.map((e) => [e.getAttribute('href'), e.dataset.n ?? e.querySelector('b').textContent]))
  assert.ok(links.length >= 4)
  for (const [to, n] of links) {
    await open(page, to)
    await page.waitForFunction((total) => document.querySelector('[data-test=total]')?.dataset.total === total, n)
    assert.equal((await drawn(page)).length, Number(n), to)
  }
  const some = decided(list).find((p) => p.town)
  const by = async (query, wanted) => {
    await open(page, `/plan/projects?${query}`)
    assert.deepEqual(await drawn(page), decided(list).filter(wanted).map((p) => p.id), query)
  }
  await by(`field=${some.field}`, (p) => p.field === some.field)
  await by(`unit=${some.lead[0].code}`, (p) => p.lead[0].code === some.lead[0].code)
  await by(`unit=${some.town.code}`, (p) => p.town?.code === some.town.code)
  await by(`q=${encodeURIComponent(some.name)}`, (p) => p.name.includes(some.name))
  await by('q=%E6%B2%A1%E6%9C%89%E8%BF%99%E6%A0%B7%E7%9A%84', () => false)
  // A row opens its record, the task its page.
  await open(page, '/plan/projects')
  await page.click(`[data-project="${some.id}"] td:last-child`)
  await page.waitForURL((url) => url.pathname === `/registers/plan_project/${encodeURIComponent(some.id)}`)
  await settled(page)
  assert.ok((await page.innerText('main')).includes(some.name))
  await open(page, '/plan/projects')
  await page.click(`[data-project="${some.id}"] a[href^="/plan/tasks/"]`)
  await page.waitForURL((url) => url.pathname === `/plan/tasks/${some.task}`)
  quiet(seen, 'filters of projects')
  await page.close()
})

test('the reserve and what the plan names without a record stand apart, and a record closes the gap', { timeout: 240_000 }, async () => {
  const seen = await desk('leader')
  const { page } = seen
  await open(page, '/plan/projects?view=reserve')
  let list = await ask(page, '/plan/projects')
  const reserve = list.items.filter((p) => p.stage === 'reserve')
  assert.ok(reserve.length > 0, 'the demonstration has projects in reserve')
  assert.deepEqual(await drawn(page), reserve.map((p) => p.id))
  for (const p of reserve) assert.ok((await page.innerText(`[data-project="${p.id}"]`)).includes(p.maturity_names?.zh ?? '—'))
  assert.equal(await page.locator('[data-project] [data-light]').count(), 0, 'what is in reserve is not judged')
  await shot(page, 'projects-reserve')

  await open(page, '/plan/projects')
  const gap = list.unrecorded.find((u) => u.elsewhere.length === 0)
  assert.ok(gap, 'a fresh demonstration leaves out one')
  await page.click('[data-test=unrecorded] button')
  await page.waitForSelector(`[data-unrecorded="${gap.name}"]`)
  assert.deepEqual(await page.$$eval('[data-unrecorded]', (all) => all.map((e) => e.dataset.unrecorded)), list.unrecorded.map((u) => u.name))
  assert.ok((await page.innerText(`[data-unrecorded="${gap.name}"]`)).includes(gap.task_title))
  await shot(page, 'projects-named')
  const inspector = await as('inspector')
  const body = { name: `茌平${gap.name}工程`, task: gap.task, field: 'water', lead: gap.lead[0].code, planned_start: '2027-03-01', planned_end: '2028-03-01', investment: '100' }
  const made = await inspector.ok('POST', '/registers/plan_project/records', { body })
  try {
    await page.reload()
    await settled(page)
    list = await ask(page, '/plan/projects')
    assert.ok(!list.unrecorded.some((u) => u.name === gap.name && u.task === gap.task))
    assert.equal(await page.locator(`[data-unrecorded="${gap.name}"]`).count(), list.unrecorded.filter((u) => u.name === gap.name).length)
    assert.equal(list.items.find((p) => p.id === made.id).named, gap.name)
  } finally {
    // It gives the name back before it goes, so that the gap is there again.
    const path = `/registers/plan_project/records/${made.id}`
    const { revision } = await inspector.ok('PATCH', path, { revision: made.revision, body: { name: `测试 ${Date.now()}` } })
    await (await as('leader')).ok('POST', `${path}/steps`, { transition: 'cancel', revision, reason: '测试记录', body: {} })
  }
  quiet(seen, 'reserve and named projects')
  await page.close()
})

test('a department sees the projects it answers for, a town those in it too', { timeout: 120_000 }, async () => {
  const all = await (await as('leader')).ok('GET', '/plan/projects')
  let some = 0
  for (const role of ['department', 'town']) {
    const { user } = await (await as(role)).ok('GET', '/session')
    const seen = await desk(role)
    const { page } = seen
    await open(page, '/plan/projects')
    const own = decided(all).filter((p) => p.lead.some((u) => u.code === user.unit) || p.town?.code === user.unit)
    assert.deepEqual((await drawn(page)).sort(), own.map((p) => p.id).sort(), role)
    assert.ok(own.length < decided(all).length, `${role}: not those of others`)
    some += own.length
    quiet(seen, `projects of a ${role}`)
    await page.close()
  }
  assert.ok(some > 0, 'somebody has one')
})
