// Following things: a chain from either end, on graph and map; all that is known of a source; what is published when, and
// what the public then sees.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { as, base, browser, mapAtRest, quiet, settled, shot, signIn, watched } from './support.mjs'

let chromium, seen, page, admin, views
before(async () => {
  chromium = await browser()
  seen = await watched(chromium.context)
  page = seen.page
  await signIn(page, 'administrator')
  admin = await as('administrator')
  const { items } = await admin.ok('GET', '/registers')
  views = await Promise.all(items.map((r) => admin.ok('GET', `/registers/${r.name}`)))
})
after(() => chromium.close())

const keyOf = (node) => (node.kind === 'subject' ? `subject:${node.id}` : `${node.register}:${node.id}`)
const query = (chain, from) => {
  const [kind, id] = [from.slice(0, from.indexOf(':')), from.slice(from.indexOf(':') + 1)]
  return `/chains?chain=${chain}&${kind === 'subject' ? `subject=${encodeURIComponent(id)}` : `register=${kind}&id=${encodeURIComponent(id)}`}`
}

test('every chain is begun from what it offers, and reaches the same things from its other end', { timeout: 240_000 }, async () => {
  const { items } = await admin.ok('GET', '/chains')
  let bothEnds = 0
  for (const chain of items) {
    await page.goto(`${base}/chains?chain=${chain.name}`)
    await page.waitForSelector('[data-test=chain-begin] [data-begin]')
    assert.equal(await page.locator('[data-test=chain-begin] section').count(), chain.steps.length)
    // The walk that goes furthest.
    const starts = await page.$$eval('[data-begin]', (all) => all.map((e) => e.dataset.begin))
    let best = null
    for (const [n, step] of chain.steps.entries()) {
      const known = step.register ? (await admin.ok('GET', `/registers/${step.register}/records?page_size=12`)).items.map((r) => `${step.register}:${r.id}`) : (await admin.ok('GET', `/subjects?kind=${step.subject}&page_size=12`)).items.map((s) => `subject:${s.code}`)
      for (const from of known) {
        const walk = await admin.ok('GET', `/chains/${chain.name}?from=${encodeURIComponent(from)}`)
        const steps = new Set(walk.nodes.map((x) => x.step))
        if (steps.size > (best?.steps.size ?? 1)) best = { walk, steps, from, n }
      }
    }
    assert.ok(best, `${chain.name}: something hangs together`)
    assert.ok(starts.length > 0)
    const [first, last] = [Math.min(...best.steps), Math.max(...best.steps)]
    for (const end of [first, last]) {
      const node = best.walk.nodes.find((x) => x.step === end)
      const walk = await admin.ok('GET', `/chains/${chain.name}?from=${encodeURIComponent(keyOf(node))}`)
      await page.goto(base + query(chain.name, keyOf(node)))
      await page.waitForSelector(`[data-test=chain-walk][data-nodes="${walk.nodes.length}"]`)
      assert.ok((await page.innerText('.list')).includes(node.title), `${chain.name} begins with «${node.title}»`)
      const other = end === first ? last : first
      if (walk.nodes.some((x) => x.step === other)) bothEnds += 1
    }
    await shot(page, `following-${chain.name}`)
  }
  assert.ok(bothEnds >= items.length, 'from either end the other one is reached')
  // One is begun by a click.
  await page.goto(`${base}/chains?chain=${items[0].name}`)
  await page.click('[data-begin] >> nth=0')
  await page.waitForSelector('[data-test=chain-walk]')
  quiet(seen, 'chains')
})

test('upstream of a section: outlets and firms with distance and travel time, in the list and on the map; a slower river takes longer', { timeout: 150_000 }, async () => {
  const chain = (await admin.ok('GET', '/chains')).items.find((c) => c.has_river)
  const step = chain.steps.find((s) => s.subject)
  let found = null
  for (const s of (await admin.ok('GET', `/subjects?kind=${step.subject}&page_size=50`)).items) {
    const walk = await admin.ok('GET', `/chains/${chain.name}?from=subject:${s.code}`)
    if (walk.nodes.some((n) => n.river?.distance_m > 0)) found ??= { code: s.code, walk }
  }
  assert.ok(found, 'something lies upstream of a section')
  await page.goto(`${base}/chains?chain=${chain.name}&subject=${found.code}`)
  await page.waitForSelector(`[data-test=chain-walk][data-nodes="${found.walk.nodes.length}"]`)
  await mapAtRest(page)
  const drawn = await page.$eval('.gl', async (gl) => (await gl.huanshuMap.getSource('overlay').getData()).features.filter((f) => f.geometry.type === 'Point').length)
  assert.equal(drawn, found.walk.nodes.filter((n) => n.place).length, 'everything with a place stands on the map')
  const times = () => page.$$eval('[data-test=along]', (all) => all.map((e) => e.textContent))
  const before = await times()
  assert.ok(before.length > 0 && before.every((t) => /m/.test(t)))
  await shot(page, 'chain-upstream')
  await page.fill('.velocity', String(found.walk.river.velocity_ms / 2))
  await page.keyboard.press('Enter')
  await page.waitForFunction((was) => JSON.stringify([...document.querySelectorAll('[data-test=along]')].map((e) => e.textContent)) !== was && document.querySelector('[data-test=along]') !== null, JSON.stringify(before))
  assert.ok(new URL(page.url()).searchParams.get('velocity'))
  quiet(seen, 'upstream')
})

test('one source, one page: its values, what it is known by with its origin in words, every record with how it came here', { timeout: 180_000 }, async () => {
  const { items } = await admin.ok('GET', '/sources?page_size=50')
  for (const { id } of items.slice(0, 2)) {
    const source = await admin.ok('GET', `/sources/${id}`)
    await page.goto(`${base}/sources/${encodeURIComponent(id)}`)
    await page.waitForSelector('[data-test=source]')
    await settled(page)
    for (const part of source.parts.filter((p) => p.records.length > 0)) assert.equal(await page.locator(`[data-part="${part.code ?? ''}"] li`).count(), part.records.length, part.zh)
    await page.waitForFunction(() => !/[a-z]+_[a-z]+|\[\d/.test([...document.querySelectorAll('.how')].map((e) => e.textContent).join('')))
    const origins = await page.$$eval('[data-test=known-by] .origin', (all) => all.map((e) => e.textContent))
    const ids = new Set(source.parts.flatMap((p) => p.records).map((r) => r.id))
    assert.deepEqual(origins.filter((o) => ids.has(o)), [], 'origins are named, not numbered')
    assert.ok((await page.locator('[data-test=source-own] dt').count()) > 2)
    await shot(page, `source-${items.findIndex((i) => i.id === id)}`)
  }
  quiet(seen, 'sources')
})

test('a publication: the missed quarter is told, published once for good, and the public page then shows it', { timeout: 120_000 }, async () => {
  const outstanding = (await admin.ok('GET', '/registers/publications')).items
  const view = views.find((v) => v.definition.publication?.rhythm === 'quarterly' && v.records > 0 && outstanding.filter((o) => o.register === v.name && o.missed).length > 1)
  assert.ok(view, 'a quarter was missed somewhere')
  const missed = outstanding.filter((o) => o.register === view.name && o.missed)
  await page.goto(`${base}/registers/deadlines`)
  await page.waitForSelector(`[data-test=outstanding][data-missed="${outstanding.filter((o) => o.missed).length}"]`)
  await page.click('[data-test=outstanding] summary')
  await shot(page, 'outstanding')
  await page.click(`[data-outstanding=${view.name}] a`)
  await page.waitForSelector('[data-test=missed]')
  assert.ok((await page.innerText('[data-test=missed]')).includes(missed[0].from))
  await shot(page, 'publications')
  const period = missed.map((m) => m.from).sort().at(-1)
  await page.click(`[data-period="${period}"] [data-test=publish]`)
  await page.click(`[data-period="${period}"] [data-test=publish-go]`)
  await page.waitForSelector(`[data-period="${period}"][data-state=done]`)
  assert.equal(await page.locator('[data-state=missed]').count(), missed.length - 1)
  const shown = await (await fetch(`${base}/api/v1/public/registers/${view.name}`)).json()
  assert.ok(shown.period.from >= period, 'the public sees the newest period that is published')
  // An earlier one too, before anybody looks: what the public reads may be kept for a minute.
  const earlier = missed.map((m) => m.from).sort().at(-2)
  await admin.ok('POST', `/registers/${view.name}/publications`, { from: earlier })
  const guest = await watched(chromium.context)
  await guest.page.goto(`${base}/public/registers/${view.name}`)
  await guest.page.waitForSelector('main h1, h1')
  await settled(guest.page).catch(() => undefined)
  assert.ok((await guest.page.innerText('body')).includes(shown.period.from), 'the public is told which period it sees')
  if (shown.total > 0) assert.equal(await guest.page.locator('[data-test=public-records] > tbody > tr').count(), shown.items.length)
  await shot(guest.page, 'public-period')
  // The earlier period is listed, and opens as it was published.
  await guest.page.click('[data-test=public-periods] summary')
  const listed = await guest.page.$$eval('[data-test=public-periods] [data-period]', (all) => all.map((e) => e.dataset.period))
  assert.deepEqual(listed, [...listed].sort().reverse(), 'newest first')
  assert.ok(listed.includes(earlier) && listed[0] === shown.period.from)
  await guest.page.click(`[data-test=public-periods] [data-period="${earlier}"]`)
  await guest.page.waitForSelector(`[data-period="${earlier}"][aria-current=true]`)
  assert.match(guest.page.url(), new RegExp(`from=${earlier}`))
  assert.ok((await guest.page.innerText('main')).includes(earlier))
  await shot(guest.page, 'public-earlier-period')
  quiet(guest, 'the public page')
  await guest.page.close()
  quiet(seen, 'publications')
})
