// Keeping a register in order: files of a record, two records that are one, labels of things, a record as it was known.

import assert from 'node:assert/strict'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { PDF, PNG } from './files.mjs'
import { as, base, browser, quiet, settled, shot, signIn, watched } from './support.mjs'

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

const rows = (name, query = '') => admin.ok('GET', `/registers/${name}/records?page_size=20${query}`)
const whole = (name, id) => admin.ok('GET', `/registers/${name}/records/${id}`)
/** A refusal that was wanted is no complaint. */
function refused() {
  assert.deepEqual(seen.complaints.filter((c) => !/status of (409|413|422)/.test(c)), [])
  seen.complaints.length = 0
}
async function editable(view) {
  for (const { id } of (await rows(view.name)).items) {
    const record = await whole(view.name, id)
    if (record.can_edit) return record
  }
  return null
}

test('an attachment: the right one is kept and given back, one too large or of another kind is refused at its field', { timeout: 120_000 }, async () => {
  let view, field, record
  const takes = (v) => v.definition.field.find((f) => f.type === 'file' && f.media.includes('image/png') && f.media.includes('application/pdf') && f.max_mib)
  for (const one of views.filter((v) => v.can_create && v.records > 0 && takes(v)).sort((a, b) => takes(a).max_mib - takes(b).max_mib)) {
    ;[view, field, record] = [one, takes(one), await editable(one)]
    if (record) break
  }
  assert.ok(record, 'a record takes pictures and papers')
  const input = `[data-field=${field.name}] input[type=file]`
  const give = (name, mimeType, buffer) => page.setInputFiles(input, { name, mimeType, buffer: Buffer.from(buffer) })
  await page.goto(`${base}/registers/${view.name}/${encodeURIComponent(record.id)}`)
  await page.click('[data-test=edit]')
  for (const drop of await page.$$(`[data-field=${field.name}] .file button`)) await drop.click()
  const large = join(tmpdir(), `huanshu-e2e-${process.pid}.pdf`)
  writeFileSync(large, Buffer.alloc(field.max_mib * 1024 * 1024 + 1, 0x25))
  await page.setInputFiles(input, large)
  rmSync(large)
  assert.match(await page.innerText(`[data-field=${field.name}] [role=alert]`), new RegExp(String(field.max_mib)))
  await give('照片.png', 'image/png', 'this is no picture')
  await page.waitForSelector(`[data-field=${field.name}] [role=alert]:has-text("${field.zh}")`)
  await shot(page, 'attachment-refused')
  await give('空.pdf', 'application/pdf', '')
  await page.waitForSelector(`[data-field=${field.name}] [role=alert]`)
  await give('现场.png', 'image/png', PNG)
  await page.waitForSelector(`[data-field=${field.name}] .file:has-text("现场.png")`)
  if (field.repeatable) {
    await give('说明.pdf', 'application/pdf', PDF)
    await page.waitForSelector(`[data-field=${field.name}] .file:has-text("说明.pdf")`)
  }
  await page.click('[data-test=save]')
  await page.waitForSelector(`[data-test=record][data-revision="${record.revision + 1}"] [data-test=values]`)
  await page.click('[data-tab=files]')
  const link = page.locator('[data-test=files] a', { hasText: '现场.png' })
  const [download] = await Promise.all([page.waitForEvent('download'), link.click()])
  assert.deepEqual(readFileSync(await download.path()), PNG, 'what comes back is what was given')
  refused()
})

test('two records of one thing: found, compared value by value, merged with a reason, and taken apart again', { timeout: 120_000 }, async () => {
  // A record twice: what must be unique differs in one letter, everything else is the same.
  let view, first, second
  for (const one of views.filter((v) => v.can_create && v.definition.matching && v.records > 0)) {
    const fields = one.definition.field.filter((f) => !f.computed)
    const keys = new Set((one.definition.key ?? []).flatMap((k) => k.fields))
    if (![...keys].every((k) => ['text', 'date', 'integer'].includes(fields.find((f) => f.name === k)?.type))) continue
    for (const { id } of (await rows(one.name)).items) {
      const record = await whole(one.name, id)
      const body = Object.fromEntries(fields.filter((f) => f.type !== 'file' && record.body[f.name] !== undefined).map((f) => [f.name, record.body[f.name]]))
      for (const k of keys) if (typeof body[k] === 'string' && fields.find((f) => f.name === k).type === 'text') body[k] = `${body[k]}·复`
      const { status, json } = await admin.call('POST', `/registers/${one.name}/records`, { body })
      if (status !== 201 && status !== 200) continue
      const { items } = await admin.ok('GET', `/registers/${one.name}/doubles`)
      const pair = items.find((p) => [p.a.id, p.b.id].includes(json.id) && [p.a.id, p.b.id].includes(id))
      if (!pair) continue
      ;[view, first, second] = [one, record, json]
      break
    }
    if (view) break
  }
  assert.ok(view, 'somewhere a record entered twice is found')
  const count = async () => (await rows(view.name)).total
  const before = await count()
  await page.goto(`${base}/registers/${view.name}/doubles`)
  await page.waitForSelector('[data-test=pair]')
  await page.click(`[data-test=pairs] button:has-text("${second.title}")`)
  await page.waitForSelector(`[data-test=pair] a[href$="/${encodeURIComponent(second.id)}"]`)
  assert.ok(await page.isDisabled('[data-test=merge]'), 'nothing is merged without a reason')
  for (const choice of await page.$$('[data-test=pair] tr.conflict td:nth-child(2) input')) await choice.check()
  await page.fill('[data-test=doubles-reason]', '同一对象重复录入')
  await shot(page, 'doubles')
  await page.click('[data-test=merge]')
  await page.waitForSelector(`[data-test=merged]`)
  assert.equal(await count(), before - 1)
  const both = await Promise.all([first, second].map(({ id }) => whole(view.name, id)))
  const gone = both.find((r) => r.merged_into)
  assert.ok(gone, 'one of the two says what it was merged into')
  await page.goto(`${base}/registers/${view.name}/${encodeURIComponent(gone.id)}`)
  await page.waitForSelector('.merged')
  await shot(page, 'merged')
  await page.click('[data-test=unmerge]')
  await page.fill('.merged input', '核实为两处')
  await page.click('.merged button[type=submit]')
  await page.waitForSelector('.merged', { state: 'detached' })
  assert.equal(await count(), before)
  const again = await whole(view.name, gone.id)
  assert.deepEqual(again.body, (gone.id === first.id ? first : second).body, 'the record stands as it was')
  await page.click('[data-tab=history]')
  await page.waitForSelector('[data-revision]:has-text("核实为两处")')
  // Now a person says that they differ: the pair goes out of sight and can be looked up.
  await page.goto(`${base}/registers/${view.name}/doubles`)
  await page.waitForSelector('[data-test=pair]')
  await page.click(`[data-test=pairs] button:has-text("${second.title}")`)
  await page.waitForSelector(`[data-test=pair] a[href$="/${encodeURIComponent(second.id)}"]`)
  const open = await page.locator('[data-test=pairs] li').count()
  await page.fill('[data-test=doubles-reason]', '核实为两处')
  await page.click('[data-test=different]')
  await page.waitForFunction((n) => document.querySelectorAll('[data-test=pairs] li').length === n, open - 1)
  quiet(seen, 'doubles')
})

test('labels: the code says the number of the thing, marked records are printed together', async () => {
  const view = views.find((v) => v.can_create && v.records > 1 && v.definition.key?.some((k) => k.fields.length === 1 && v.definition.field.find((f) => f.name === k.fields[0])?.type === 'text') && v.definition.field.some((f) => f.name === 'label_side'))
  assert.ok(view, 'things of a register bear labels')
  const key = view.definition.key.find((k) => k.fields.length === 1).fields[0]
  const { items } = await rows(view.name)
  await page.goto(`${base}/registers/${view.name}`)
  await settled(page)
  await page.check('th.mark input')
  await page.click('[data-test=labels]')
  await page.waitForSelector('[data-label]')
  assert.deepEqual(await page.$$eval('[data-label]', (all) => all.map((e) => [e.dataset.label, e.dataset.said])), items.map((r) => [r.id, r.body[key]]))
  assert.equal(await page.locator('[data-label] svg path').count(), items.length, 'each has its code')
  for (const { id } of items) {
    const asked = Number((await whole(view.name, id)).body.label_side ?? 100)
    const side = Number.parseInt(await page.$eval(`[data-label="${id}"]`, (e) => e.style.width), 10)
    assert.ok(side >= asked, `${side} mm for a thing that asks for ${asked} mm`)
  }
  await shot(page, 'labels')
  quiet(seen, 'labels')
})

test('a record as it was known and as it was in force', async () => {
  let view, record, field
  for (const one of views.filter((v) => v.can_create && v.records > 0)) {
    field = one.definition.field.find((f) => f.type === 'text' && !f.required && !f.pattern && !f.repeatable && !f.computed && !one.definition.key?.some((k) => k.fields.includes(f.name)))
    record = field ? await editable(one) : null
    view = one
    if (record) break
  }
  const path = `/registers/${view.name}/records/${record.id}`
  const one = await admin.ok('PATCH', path, { revision: record.revision, body: { [field.name]: '前一种说法' } })
  // Stamps name seconds: the next revision is made in a second of its own. Known later, in force from a day long past.
  await new Promise((resolve) => setTimeout(resolve, 1100))
  const two = await admin.ok('PATCH', path, { revision: one.revision, body: { [field.name]: '后一种说法' }, valid_from: '2026-01-15', reason: '补登' })
  await page.goto(`${base}/registers/${view.name}/${encodeURIComponent(record.id)}?tab=history`)
  await page.waitForSelector(`[data-revision="${two.revision}"]`)
  await page.click(`[data-revision="${one.revision}"] button`)
  await page.waitForSelector('[data-test=past]')
  assert.match(await page.innerText(`[data-test=past] [data-value-of=${field.name}]`), /前一种说法/)
  await shot(page, 'history-known')
  const inForce = await admin.ok('GET', `${path}?in_force_on=2026-02-01`)
  await page.fill('[data-test=history] .ask input >> nth=0', '')
  await page.keyboard.press('Enter')
  await page.fill('[data-test=history] .ask input >> nth=1', '2026-02-01')
  await page.keyboard.press('Enter')
  await page.waitForFunction(({ field, want }) => document.querySelector(`[data-test=past] [data-value-of=${field}]`)?.textContent.includes(want), { field: field.name, want: inForce.body[field.name] ?? '—' })
  await shot(page, 'history-in-force')
  quiet(seen, 'a record as it was')
})
