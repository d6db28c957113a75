// The registers through the built pages: what is true of one definition is asked of every definition the server has. What
// a page only passes on is asked of the API with the same session; what people see is looked at in the page.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { after, before, test } from 'node:test'
import { as, base, browser, mapAtRest, quiet, settled, shot, signIn, watched } from './support.mjs'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

let chromium, seen, page, admin, views
before(async () => {
  chromium = await browser()
  seen = await watched(chromium.context)
  page = seen.page
  await signIn(page, 'administrator')
  admin = await as('administrator')
  const { items } = await admin.ok('GET', '/registers')
  views = await Promise.all(items.map((r) => admin.ok('GET', `/registers/${r.name}`)))
  assert.ok(views.length >= 24, `${views.length} registers`)
})
after(() => chromium.close())

/** To another page without loading the program again. */
async function go(path) {
  await page.evaluate((to) => {
    history.pushState({}, '', to)
    dispatchEvent(new PopStateEvent('popstate', { state: history.state }))
  }, path)
}
/** A refusal that was wanted is no complaint; anything else the browser said is. */
function refused() {
  assert.deepEqual(seen.complaints.filter((c) => !/status of (409|422)/.test(c)), [])
  seen.complaints.length = 0
}
const records = (session, name, query = '') => session.ok('GET', `/registers/${name}/records?page_size=20${query}`)
const entered = (view) => view.definition.field.filter((f) => !f.computed)

test('the index has every register by group, with the figures of the API', async () => {
  await page.goto(`${base}/registers`)
  await page.waitForSelector('[data-register]')
  const shown = await page.$$eval('[data-register]', (rows) => rows.map((r) => [r.dataset.register, r.cells[1].textContent.trim()]))
  assert.deepEqual(new Map(shown.sort()), new Map(views.map((v) => [v.name, String(v.records)]).sort()))
  await page.fill('input[name=q]', views[0].zh)
  await page.waitForFunction((n) => document.querySelectorAll('[data-register]').length < n, views.length)
  assert.ok((await page.$$eval('[data-register]', (rows) => rows.map((r) => r.dataset.register))).includes(views[0].name))
  await shot(page, 'registers')
})

test('every definition: its list opens, a record beside it shows every field, its form enters every field', { timeout: 900_000 }, async () => {
  await page.goto(`${base}/registers`)
  await page.waitForSelector('[data-register]')
  const lists = await Promise.all(views.map((v) => records(admin, v.name)))
  for (const [n, view] of views.entries()) {
    const [{ id } = {}] = lists[n].items
    await go(`/registers/${view.name}${id ? `?at=${encodeURIComponent(id)}` : ''}`)
    await page.waitForFunction(({ name, total }) => document.querySelector('.head h2')?.textContent === name && document.querySelector('[data-test=total]')?.dataset.total === total, { name: view.zh, total: String(lists[n].total) })
    if (id) {
      await page.waitForSelector(`[data-test=record][data-id="${id}"] [data-test=values]`)
      const fields = await page.$$eval('[data-value-of]', (all) => all.map((e) => e.dataset.valueOf))
      assert.deepEqual(fields, view.definition.field.filter((f) => f.type !== 'group').map((f) => f.name), view.name)
    }
    if (!view.can_create) continue
    await go(`/registers/${view.name}/new`)
    await page.waitForFunction((name) => document.querySelector('h2')?.textContent.includes(name) && document.querySelector('[data-test=form]'), view.zh)
    const inputs = await page.$$eval('[data-test=form] > [data-field]', (all) => all.map((e) => [e.dataset.field, e.dataset.type, e.querySelector('input, textarea, select, button, output') !== null]))
    assert.deepEqual(inputs, view.definition.field.map((f) => [f.name, f.type, true]), `${view.name}: every field has its input`)
  }
  quiet(seen, 'all definitions')
})

/** A value no field of this type takes. */
const BAD = { integer: '一个半', decimal: '12..3', date: '2026-13-45', instant: '昨天', choice: 'no-such-code', boolean: '也许', point: 'north of here', line: '1,2', area: 'POLYGON', reference: 'no-such-record', unit: 'no-such-unit', credit_code: '91371523MA3DEM001X', permit_code: '123', file: 'a name only' }

test('every definition: a bad value of every typed field is refused, the field named in both languages', async () => {
  for (const view of views) {
    const bad = entered(view).filter((f) => f.type in BAD)
    const body = Object.fromEntries(bad.map((f) => [f.name, BAD[f.type]]))
    const { findings } = await admin.ok('POST', `/registers/${view.name}/check`, { body })
    for (const f of bad) {
      const found = findings.find((x) => x.field === f.name)
      assert.ok(found, `${view.name}.${f.name} takes no «${BAD[f.type]}»`)
      assert.ok(found.names.zh && found.expected.zh && found.expected.en, `${view.name}.${f.name} says what was expected`)
    }
    for (const f of entered(view).filter((x) => x.required && !(x.type in BAD))) assert.ok(findings.some((x) => x.field === f.name && x.code === 'required'), `${view.name}.${f.name} is required`)
    if (!view.can_create) continue
    const { status, json } = await admin.call('POST', `/registers/${view.name}/records`, { body })
    assert.equal(status, 422, view.name)
    assert.equal(json.code, 'findings')
  }
})

test('a form says at the field what is wrong, keeps what was typed as a draft, and offers it again', async () => {
  const view = views.find((v) => v.can_create && v.definition.field.some((f) => f.type === 'credit_code' && f.required) && v.definition.field.some((f) => f.type === 'group' && f.fields.some((s) => s.type === 'decimal')))
  assert.ok(view, 'a register has a credit code and a group with figures')
  const code = view.definition.field.find((f) => f.type === 'credit_code').name
  const group = view.definition.field.find((f) => f.type === 'group' && f.fields.some((s) => s.type === 'decimal'))
  const sub = group.fields.find((s) => s.type === 'decimal').name
  await page.goto(`${base}/registers/${view.name}/new`)
  await page.fill(`[data-field=${code}] input`, BAD.credit_code)
  await page.waitForSelector(`[data-field=${code}][data-bad] .finding:has-text("校验码")`)
  await page.click(`[data-field=${group.name}] [data-test=add-row]`)
  await page.fill(`[data-cell="${group.name}[1].${sub}"] input`, '不是数')
  await page.click('[data-test=save]')
  await page.waitForSelector(`[data-cell="${group.name}[1].${sub}"] .finding`)
  assert.ok((await page.locator('[data-field][data-bad]').count()) > 1, 'what is required and empty is said as well')
  await shot(page, 'register-form-findings')
  await page.reload()
  await page.waitForSelector('[data-test=draft]')
  await page.click('[data-test=draft] button >> nth=0')
  assert.equal(await page.inputValue(`[data-field=${code}] input`), BAD.credit_code)
  await page.evaluate(() => localStorage.removeItem(Object.keys(localStorage).find((k) => k.startsWith('huanshu.draft.'))))
  refused()
})

test('every life cycle: the wrong person is refused, the right one takes a step', { timeout: 120_000 }, async () => {
  const taken = []
  const offered = new Set()
  for (const view of views.filter((v) => v.has_life)) {
    const { items } = await records(admin, view.name)
    let done = false
    for (const record of items) {
      for (const step of view.definition.life.transition.filter((s) => s.from.includes(record.state))) {
        if (done) continue
        for (const role of step.roles) {
          const right = await as(role).catch(() => null)
          if (!right || done) continue
          const there = await right.call('GET', `/registers/${view.name}/records/${record.id}`)
          const offer = there.status === 200 && there.json.offered.find((o) => o.name === step.name)
          if (!offer || offer.blocked) continue
          offered.add(view.name)
          const wrong = ['auditor', 'leader', 'duty_officer', 'department', 'inspector'].find((r) => !step.roles.includes(r) && view.definition.access.read.includes(r))
          const ask = { transition: step.name, revision: there.json.revision, reason: '端到端测试', body: step.example ?? {} }
          if (wrong) {
            const { status } = await (await as(wrong)).call('POST', `/registers/${view.name}/records/${record.id}/steps`, ask)
            assert.ok([403, 409].includes(status), `${view.name}: ${wrong} may not «${step.zh}» (${status})`)
          }
          const { status, json } = await right.call('POST', `/registers/${view.name}/records/${record.id}/steps`, ask)
          // What the step needs is not there yet: another record, or another step, may have it.
          if (status === 422 || ['needs', 'condition', 'reason'].includes(json.details?.code)) {
            offered.delete(view.name)
            continue
          }
          assert.equal(status, 200, `${view.name}: ${role} takes «${step.zh}»: ${JSON.stringify(json)}`)
          assert.equal(json.state, step.to)
          taken.push(view.name)
          done = true
        }
      }
    }
  }
  // Lists of units that have no demonstration login are walked whole by the engine's own test.
  assert.deepEqual([...offered].filter((name) => !taken.includes(name)), [], 'where a step was open to a login it was taken')
  assert.ok(taken.length > 100, `${taken.length} life cycles took a step`)
})

test('a step in the page: what it needs, a reason, the new state, the trail, the history', async () => {
  for (const view of views.filter((v) => v.has_life)) {
    const { items } = await records(admin, view.name)
    for (const { id } of items) {
      const record = await admin.ok('GET', `/registers/${view.name}/records/${id}`)
      const offer = record.offered.find((o) => o.blocked === null || o.blocked === undefined)
      if (!offer) continue
      await page.goto(`${base}/registers/${view.name}/${encodeURIComponent(id)}?tab=flow`)
      await page.click(`[data-step=${offer.name}] button`)
      await page.fill('[data-test=step-reason]', '现场核查情况属实')
      await page.click('[data-test=step-go]')
      await page.waitForSelector(`[data-test=workflow][data-state=${offer.to}]`)
      await shot(page, 'register-flow')
      await page.click('[data-tab=history]')
      await page.waitForSelector(`[data-revision="${record.revision + 1}"]:has-text("现场核查情况属实")`)
      await shot(page, 'register-history')
      quiet(seen, 'a step')
      return
    }
  }
  assert.fail('the administrator may take a step somewhere')
})

test('two persons at once: the second is told, sees the other’s change, and nothing is lost', async () => {
  const plain = (v) => entered(v).filter((f) => f.type === 'text' && !f.repeatable && !f.pattern && !v.definition.key?.some((k) => k.fields.includes(f.name))).map((f) => f.name)
  let view, record
  for (const one of views.filter((v) => v.can_create && v.records > 0 && plain(v).length >= 2)) {
    const { items } = await records(admin, one.name)
    record = (await Promise.all(items.map((r) => admin.ok('GET', `/registers/${one.name}/records/${r.id}`)))).find((r) => r.can_edit)
    view = one
    if (record) break
  }
  assert.ok(record, 'the administrator may edit a record somewhere')
  const [first, second] = plain(view)
  await page.goto(`${base}/registers/${view.name}/${encodeURIComponent(record.id)}`)
  await page.click('[data-test=edit]')
  await page.fill(`[data-field=${first}] textarea`, '本人的改动')
  await admin.ok('PATCH', `/registers/${view.name}/records/${record.id}`, { revision: record.revision, body: { [first]: '他人的改动', [second]: '他人另一处' } })
  await page.click('[data-test=save]')
  await page.waitForSelector(`[data-stale=${first}]`)
  await shot(page, 'register-stale')
  assert.match(await page.innerText(`[data-stale=${first}]`), /他人的改动[\s\S]*本人的改动/)
  assert.ok(await page.isDisabled('[data-test=rebase]'), 'nothing is joined before somebody decides')
  await page.check(`[data-stale=${first}] input[value=mine]`)
  await page.click('[data-test=rebase]')
  await page.click('[data-test=save]')
  await page.waitForSelector(`[data-test=record][data-revision="${record.revision + 2}"]`)
  const { body } = await admin.ok('GET', `/registers/${view.name}/records/${record.id}`)
  assert.deepEqual([body[first], body[second]], ['本人的改动', '他人另一处'])
  refused()
})

test('filters stand in the address, the export has what they say, and comes back without a change', { timeout: 120_000 }, async () => {
  const view = views.find((v) => v.can_create && v.records > 1 && v.definition.field.some((f) => f.type === 'choice' && !f.repeatable))
  const field = view.definition.field.find((f) => f.type === 'choice' && !f.repeatable).name
  const { items } = await records(admin, view.name)
  const value = items[0].body[field]
  const filter = `where.${field}=${encodeURIComponent(value)}`
  await page.goto(`${base}/registers/${view.name}?${filter}`)
  await settled(page)
  const total = Number(await page.getAttribute('[data-test=total]', 'data-total'))
  assert.equal(total, (await records(admin, view.name, `&${filter}`)).total)
  assert.ok(total > 0 && (await page.getAttribute('[data-export=csv]', 'href')).includes(filter))
  const [file] = await Promise.all([page.waitForEvent('download'), page.click('[data-export=xlsx]')])
  const path = await file.path()
  await page.goto(`${base}/registers/${view.name}/import`)
  await page.setInputFiles('[data-test=import-file]', { name: 'export.xlsx', mimeType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', buffer: readFileSync(path) })
  await page.waitForSelector('[data-test=import-report]')
  const counts = await page.$eval('[data-test=import-report]', (e) => ({ ...e.dataset }))
  assert.deepEqual([counts.new, counts.changed, counts.unchanged, counts.findings], ['0', '0', String(total), '0'], 'what was exported comes back as it is')
  await shot(page, 'register-import')
})

test('import: the register’s own template filled in; a bad row is named, and nothing is written until it is confirmed', { timeout: 120_000 }, async () => {
  // A register whose template can be filled in with words, figures and codes alone.
  const EASY = ['text', 'integer', 'decimal', 'date', 'choice', 'boolean', 'unit', 'point']
  const view = views.find((v) => v.can_create && v.records > 0 && !v.definition.life && entered(v).filter((f) => f.required).every((f) => EASY.includes(f.type)) && v.definition.key?.[0]?.fields.some((k) => v.definition.field.find((f) => f.name === k).type === 'text')) ?? views.find((v) => v.can_create && v.records > 0 && entered(v).filter((f) => f.required).every((f) => EASY.includes(f.type)) && v.definition.key?.[0]?.fields.some((k) => v.definition.field.find((f) => f.name === k).type === 'text'))
  assert.ok(view)
  const key = view.definition.key[0].fields.find((k) => view.definition.field.find((f) => f.name === k).type === 'text')
  const header = view.definition.field.find((f) => f.name === key).zh
  const csv = await (await fetch(`${base}/api/v1/registers/${view.name}/export?format=csv`, { headers: admin.headers })).text()
  const rows = csv.replace(/^\uFEFF/, '').trim().split('\r\n').map((line) => [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(,|$)/g)].slice(0, -1).map((m) => m[1]))
  const at = rows[0].findIndex((h) => h.replaceAll('"', '') === header)
  assert.ok(at >= 0, `${view.name}: column «${header}» is in the export`)
  const must = view.definition.field.find((f) => f.required && f.type in BAD)
  const mustAt = rows[0].findIndex((h) => h.replaceAll('"', '').startsWith(must.zh))
  // Without its number the row is a record of its own.
  const number = rows[0].findIndex((h) => h.replaceAll('"', '') === '记录编号')
  const text = (change) => rows.slice(0, 2).map((r, n) => (n === 0 ? r : change(r.map((cell, i) => (i === number ? '' : cell)))).join(',')).join('\r\n')
  const upload = async (content) => {
    await page.goto(`${base}/registers/${view.name}/import`)
    await page.setInputFiles('[data-test=import-file]', { name: '台账.csv', mimeType: 'text/csv', buffer: Buffer.from(`\uFEFF${content}`) })
    await page.waitForSelector('[data-test=import-report]')
  }
  const before = (await records(admin, view.name)).total
  await upload(text((r) => ((r[at] = 'E2E-IMPORT-1'), (r[mustAt] = BAD[must.type]), r)))
  assert.ok(await page.isDisabled('[data-test=confirm]'))
  assert.match(await page.innerText('[data-finding]'), new RegExp(must.zh))
  await shot(page, 'register-import-findings')
  await upload(text((r) => ((r[at] = 'E2E-IMPORT-1'), r)))
  assert.equal((await records(admin, view.name)).total, before, 'nothing is written before the confirmation')
  await page.click('[data-test=confirm]')
  await page.waitForSelector('[data-test=import-done][data-created="1"]')
  assert.equal((await records(admin, view.name)).total, before + 1)
  const [template] = await Promise.all([page.waitForEvent('download'), page.click('text=再导入一个文件').then(() => page.click('[data-test=template]'))])
  assert.match(template.suggestedFilename(), /\.xlsx$/)
})

test('a figure opens the records it counts', { timeout: 120_000 }, async () => {
  let checked = 0
  for (const view of views) {
    const { items } = await admin.ok('GET', `/registers/${view.name}/figures`)
    for (const figure of items) {
      const { total } = await records(admin, view.name, `&figure=${figure.numerator == null ? '' : 'rate.'}${figure.name}`)
      assert.equal(total, figure.records, `${view.name}: ${figure.names.zh}`)
      checked += 1
    }
  }
  assert.ok(checked > views.length)
  const view = views.find((v) => v.definition.rate?.length > 0 && v.records > 0)
  await page.goto(`${base}/registers/${view.name}`)
  const link = page.locator('[data-figure-name]').last()
  const n = await link.getAttribute('data-records')
  await link.click()
  await page.waitForFunction((want) => document.querySelector('[data-test=total]')?.dataset.total === want, n)
})

test('the map of a register draws its records; a click opens one', { timeout: 150_000 }, async () => {
  const view = views.find((v) => v.has_map && v.records > 1 && v.definition.field.find((f) => f.name === v.definition.map.field).type === 'point')
  await page.goto(`${base}/registers/${view.name}?view=map`)
  await mapAtRest(page)
  const { features } = await admin.ok('GET', `/registers/${view.name}/map`)
  assert.ok(features.length > 0)
  const drawn = await page.$eval('.gl', (box) => [...new Set(box.huanshuMap.queryRenderedFeatures({ layers: ['overlay-point'] }).map((f) => f.properties.id))])
  assert.deepEqual(drawn.sort(), features.map((f) => f.properties.id).sort())
  const at = await page.$eval('.gl', (box, place) => {
    const { x, y } = box.huanshuMap.project(place)
    const { left, top } = box.getBoundingClientRect()
    return [left + x, top + y]
  }, features[0].geometry.coordinates)
  await page.mouse.click(...at)
  await page.waitForSelector('[data-test=drawer] [data-test=record]')
  await shot(page, 'register-map')
  quiet(seen, 'register map')
})

test('bulk edit: seen before it is done', async () => {
  const view = views.find((v) => v.can_create && v.records > 1 && entered(v).some((f) => f.type === 'text' && !f.required && !f.pattern && !f.repeatable))
  const field = entered(view).find((f) => f.type === 'text' && !f.required && !f.pattern && !f.repeatable)
  await page.goto(`${base}/registers/${view.name}`)
  await settled(page)
  await page.click('[data-test=bulk]')
  await page.click('[data-test=bulk-field]')
  await page.keyboard.type(field.zh)
  await page.locator('.el-select-dropdown__item:visible', { hasText: field.zh }).first().click()
  await page.fill('[data-test=bulk-dialog] #bulk-value', '批量改动')
  assert.ok(await page.isDisabled('[data-test=bulk-go]'))
  await page.click('[data-test=bulk-see]')
  await page.waitForSelector('[data-test=bulk-preview]')
  const [matched] = [Number(await page.getAttribute('[data-test=bulk-preview]', 'data-matched'))]
  assert.equal(matched, (await records(admin, view.name)).total)
  await shot(page, 'register-bulk')
})

test('the public sees published registers, their public fields and nothing else, cleanly by axe', { timeout: 120_000 }, async () => {
  const open = await (await fetch(`${base}/api/v1/public/registers`)).json()
  const published = views.filter((v) => v.has_publication)
  assert.deepEqual(open.items.map((r) => r.name).sort(), published.map((v) => v.name).sort())
  const guest = await watched(chromium.context)
  const violations = async () => {
    await guest.page.evaluate(axe)
    const { violations: found } = await guest.page.evaluate(() => window.axe.run(document))
    return found.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).slice(0, 5).join(' | ')}`)
  }
  await guest.page.goto(`${base}/public`)
  await settled(guest.page)
  await guest.page.click('a[href="/public/registers"]')
  await guest.page.waitForSelector('[data-public-register]')
  assert.equal(await guest.page.locator('[data-public-register]').count(), published.length)
  assert.deepEqual(await violations(), [])
  await shot(guest.page, 'public-registers')
  for (const view of published) {
    const shown = await (await fetch(`${base}/api/v1/public/registers/${view.name}`)).json()
    const allowed = new Map(view.definition.field.filter((f) => f.public).map((f) => [f.name, f]))
    for (const { body } of shown.items) {
      for (const [name, value] of Object.entries(body)) {
        assert.ok(allowed.has(name), `${view.name}.${name} is not public`)
        const group = allowed.get(name)
        if (group.type === 'group') for (const row of value) for (const sub of Object.keys(row)) assert.ok(group.fields.find((s) => s.name === sub)?.public, `${view.name}.${name}.${sub} is not public`)
      }
    }
  }
  const lists = await Promise.all(published.map(async (v) => ({ v, shown: await (await fetch(`${base}/api/v1/public/registers/${v.name}`)).json() })))
  const view = lists.find(({ shown }) => shown.items.length > 0)?.v
  assert.ok(view, 'something is published')
  await guest.page.goto(`${base}/public/registers/${view.name}`)
  await guest.page.waitForSelector('[data-test=public-records]')
  const heads = await guest.page.$$eval('[data-public-field]', (all) => all.map((e) => e.dataset.publicField))
  for (const name of heads) assert.ok(view.definition.field.find((f) => f.name === name)?.public, `${name} stands on the public page`)
  assert.deepEqual(await violations(), [])
  await shot(guest.page, 'public-register')
  // Rows of groups stand there with the columns that are public.
  const grouped = lists.find(({ shown }) => shown.items.some((item) => Object.values(item.rows).some((rows) => rows.length > 0)))
  assert.ok(grouped, 'a published list has rows in a group')
  await guest.page.goto(`${base}/public/registers/${grouped.v.name}`)
  await guest.page.waitForSelector('[data-test=public-rows]')
  const fields = grouped.v.definition.field.filter((f) => f.public && f.type === 'group').flatMap((f) => f.fields)
  const inner = await guest.page.$$eval('[data-public-cell]', (all) => all.map((e) => e.dataset.publicCell))
  assert.ok(inner.length > 0)
  for (const name of inner) assert.ok(fields.find((f) => f.name === name)?.public, `${name} stands in a group of the public page`)
  assert.deepEqual(await violations(), [])
  await shot(guest.page, 'public-rows')
  quiet(guest, 'public registers')
  await guest.page.close()
})

test('zones: a place answers with the zones that hold there and their rules', { timeout: 120_000 }, async () => {
  const holding = views.filter((v) => v.definition.zoning?.length > 0 && v.has_map && v.records > 0)
  const drawn = (await Promise.all(holding.map((v) => admin.ok('GET', `/registers/${v.name}/map`)))).flatMap((map) => map.features)
  const zone = drawn.find((f) => f.geometry.type === 'Polygon')
  assert.ok(zone, 'a register holds zones')
  const ring = zone.geometry.coordinates[0].slice(0, -1)
  const [lon, lat] = [0, 1].map((i) => ring.reduce((sum, p) => sum + p[i], 0) / ring.length)
  const { hits } = await admin.ok('POST', '/zones/test', { point: { lon, lat } })
  assert.ok(hits.length > 0)
  await page.goto(`${base}/zones`)
  await page.fill('[data-test=place]', `${lon},${lat}`)
  await page.click('[data-test=test]')
  await page.waitForSelector('[data-hit]')
  assert.deepEqual((await page.$$eval('[data-hit]', (all) => all.map((e) => e.dataset.hit))).sort(), hits.map((h) => h.id).sort())
  const ruled = hits.find((h) => h.rules.length > 0)
  if (ruled) assert.ok((await page.innerText(`[data-hit="${ruled.id}"]`)).includes(ruled.rules[0].text))
  await mapAtRest(page)
  await shot(page, 'zones')
  quiet(seen, 'zones')
})

test('chains: walked from a section upstream with distance and time, and from what a balance is drawn up for', { timeout: 150_000 }, async () => {
  const { items } = await admin.ok('GET', '/chains')
  const shown = { river: false, balance: false }
  for (const chain of items) {
    for (const step of chain.steps) {
      if (shown[chain.has_river ? 'river' : 'balance']) continue
      const starts = step.register ? (await records(admin, step.register)).items.map((r) => `${step.register}:${r.id}`) : (await admin.ok('GET', `/subjects?kind=${step.subject}&page_size=50`)).items.map((s) => `subject:${s.code}`)
      for (const from of starts.slice(0, 20)) {
        const walk = await admin.ok('GET', `/chains/${chain.name}?from=${encodeURIComponent(from)}`)
        const good = chain.has_river ? walk.nodes.some((n) => n.river) : walk.balances.length > 0
        if (!good) continue
        const [kind, id] = from.split(':')
        await page.goto(`${base}/chains?chain=${chain.name}&${kind === 'subject' ? `subject=${id}` : `register=${kind}&id=${id}`}`)
        await page.waitForSelector(`[data-test=chain-walk][data-nodes="${walk.nodes.length}"][data-gaps="${walk.gaps.length}"]`)
        if (chain.has_river) assert.match(await page.innerText('[data-test=along] >> nth=0'), /m[\s\S]*(min|h)/)
        else await page.waitForSelector('[data-test=balance] .total')
        await shot(page, `chain-${chain.name}`)
        shown[chain.has_river ? 'river' : 'balance'] = true
        break
      }
    }
  }
  assert.deepEqual(shown, { river: true, balance: true })
  quiet(seen, 'chains')
})

test('one source, one page: all it is known by and all records that belong to it', async () => {
  const { items } = await admin.ok('GET', '/sources?page_size=50')
  const [most] = [...items].sort((a, b) => Object.values(b.parts).reduce((x, y) => x + y, 0) - Object.values(a.parts).reduce((x, y) => x + y, 0))
  const source = await admin.ok('GET', `/sources/${most.id}`)
  await page.goto(`${base}/sources`)
  await page.click(`[data-row="${most.id}"]`)
  await page.waitForSelector('[data-test=source]')
  assert.deepEqual(await page.$$eval('[data-part]', (all) => all.map((e) => e.dataset.part)), source.parts.filter((p) => p.records.length > 0).map((p) => p.code ?? ''))
  assert.equal(await page.locator('[data-test=known-by] dt').count(), source.known_by.length)
  await shot(page, 'source')
  quiet(seen, 'source')
})

test('the plan’s systems: 290 rows, counts that add up, claims that lead somewhere', async () => {
  const { items, counts } = await admin.ok('GET', '/systems')
  assert.equal(items.length, 290)
  await page.goto(`${base}/systems`)
  await page.waitForFunction(() => document.querySelector('[data-test=total]')?.dataset.total === '290')
  assert.equal(counts.works + counts.partly + counts.not_yet, counts.total)
  await page.click('[data-state=works]')
  await page.waitForFunction((n) => document.querySelector('[data-test=total]')?.dataset.total === String(n), counts.works)
  await shot(page, 'systems')
  quiet(seen, 'systems')
})
