// Tables of every sort that people bring: each is read, reported row by row, and written whole after a confirmation, or
// not at all.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { PNG, xlsx } from './files.mjs'
import { as, base, browser, quiet, settled, shot, signIn, watched } from './support.mjs'

/** Values that can be written down without knowing the district. */
const EASY = ['text', 'integer', 'decimal', 'date', 'choice', 'boolean', 'unit', 'point']

let chromium, seen, page, admin, view, key, date
before(async () => {
  chromium = await browser()
  seen = await watched(chromium.context)
  page = seen.page
  await signIn(page, 'administrator')
  admin = await as('administrator')
  const { items } = await admin.ok('GET', '/registers')
  for (const { name } of items.filter((r) => r.can_create && r.records > 0)) {
    const one = await admin.ok('GET', `/registers/${name}`)
    const fields = one.definition.field.filter((f) => !f.computed)
    const named = one.definition.key?.find((k) => k.fields.every((n) => fields.find((f) => f.name === n)?.type === 'text' && !fields.find((f) => f.name === n).pattern))
    date = fields.find((f) => f.type === 'date' && !f.min && !f.max && !f.required_when)
    if (!named || !date || !fields.filter((f) => f.required).every((f) => EASY.includes(f.type)) || fields.some((f) => f.type === 'group') || one.definition.rule?.length > 0) continue
    view = one
    key = fields.find((f) => f.name === named.fields[0])
    break
  }
  assert.ok(view, 'a register can be filled in with words, figures and dates alone')
})
after(() => chromium.close())

const count = async () => (await admin.ok('GET', `/registers/${view.name}/records?page_size=1`)).total
const byKey = async (value) => (await admin.ok('GET', `/registers/${view.name}/records?page_size=5&where.${key.name}=${encodeURIComponent(value)}`)).items

/** Headers and values of a record that exists, by Chinese name; groups, files and references are left out. */
async function sample() {
  const { items: [row] } = await admin.ok('GET', `/registers/${view.name}/records?page_size=1`)
  const { body } = await admin.ok('GET', `/registers/${view.name}/records/${row.id}`)
  const fields = view.definition.field.filter((f) => !f.computed && EASY.includes(f.type) && !f.repeatable && (f.required || f === date || f.name === key.name || body[f.name] !== undefined))
  const text = (f) => {
    const value = body[f.name]
    if (value === undefined) return f === date || f.name === date.name ? '2026-03-01' : ''
    if (f.type === 'point') return value.coordinates.join(',')
    if (f.type === 'boolean') return value ? '是' : '否'
    return String(value)
  }
  return { headers: fields.map((f) => f.zh), fields, row: (changes) => fields.map((f) => changes[f.name] ?? text(f)) }
}
async function upload(name, content, mimeType = 'application/octet-stream') {
  await page.goto(`${base}/registers/${view.name}/import`)
  await page.waitForSelector('[data-test=template]')
  await page.setInputFiles('[data-test=import-file]', { name, mimeType, buffer: Buffer.from(content) })
  await page.waitForSelector('[data-test=import-report], [data-test=fault]')
  const report = await page.$('[data-test=import-report]')
  return report ? report.evaluate((e) => ({ ...e.dataset })) : null
}
/** A refusal that was wanted is no complaint. */
function refused() {
  assert.deepEqual(seen.complaints.filter((c) => !/status of (400|413|415|422)/.test(c)), [])
  seen.complaints.length = 0
}
/** The bytes of GBK for a text: what two bytes mean, the other way round. */
function gbk(text) {
  const decoder = new TextDecoder('gbk')
  const back = new Map()
  for (let high = 0x81; high <= 0xfe; high += 1) for (let low = 0x40; low <= 0xfe; low += 1) if (low !== 0x7f) back.set(decoder.decode(Uint8Array.of(high, low)), [high, low])
  return Buffer.from([...text].flatMap((c) => (c.charCodeAt(0) < 0x80 ? [c.charCodeAt(0)] : (back.get(c) ?? [0x3f]))))
}
async function confirm(created) {
  await page.click('[data-test=confirm]')
  await page.waitForSelector(`[data-test=import-done][data-created="${created}"]`)
}

test('a workbook with a title above, merged cells and dates as text: read as people mean it, then written', async () => {
  const { headers, fields, row } = await sample()
  const at = fields.findIndex((f) => f.name === date.name)
  const before = await count()
  const letter = String.fromCharCode(65 + at)
  const file = xlsx([['二〇二六年台账'], headers, row({ [key.name]: 'E2E-合并-1', [date.name]: '2026年3月9日' }), row({ [key.name]: 'E2E-合并-2', [date.name]: '' })], [`${letter}3:${letter}4`])
  const report = await upload('台账.xlsx', file)
  await shot(page, 'import-merged')
  assert.deepEqual([report?.new, report?.findings], ['2', '0'])
  assert.equal(await count(), before, 'nothing is written before the confirmation')
  await confirm(2)
  for (const name of ['E2E-合并-1', 'E2E-合并-2']) {
    const [found] = await byKey(name)
    assert.equal(found?.body[date.name], '2026-03-09', `${name} has the date of the merged cell`)
  }
  quiet(seen, 'merged cells')
})

test('a text table in GBK: the encoding is found and said, the words come in whole', async () => {
  const { headers, row } = await sample()
  const quoted = (cells) => cells.map((c) => `"${String(c).replaceAll('"', '""')}"`).join(',')
  const report = await upload('台账.csv', gbk([headers, row({ [key.name]: 'E2E-国标码' })].map(quoted).join('\r\n')), 'text/csv')
  assert.deepEqual([report?.new, report?.findings], ['1', '0'])
  assert.match(await page.innerText('[data-test=import-report] .file'), /GB/i)
  await confirm(1)
  assert.equal((await byKey('E2E-国标码')).length, 1)
})

test('wrong headers and wrong values: what is unknown, missing and wrong is named by row and column, and nothing is written', async () => {
  const { headers, fields, row } = await sample()
  const before = await count()
  const must = fields.find((f) => f.required && f.name !== key.name) ?? key
  const mustAt = fields.indexOf(must)
  const strange = await upload('错列.xlsx', xlsx([headers.map((h, n) => (n === mustAt ? '从没见过的列' : h)), row({ [key.name]: 'E2E-错列' })]))
  assert.ok(await page.isDisabled('[data-test=confirm]'))
  assert.ok(Number(strange?.findings) > 0)
  const said = await page.innerText('[data-test=import-report]')
  assert.ok(said.includes('从没见过的列') && said.includes(must.zh), 'the column nobody knows and the one that lacks are named')
  await shot(page, 'import-wrong-headers')
  const wrong = await upload('错值.xlsx', xlsx([headers, row({ [key.name]: 'E2E-好行' }), row({ [key.name]: 'E2E-坏行', [date.name]: '昨天' })]))
  assert.ok(Number(wrong?.findings) >= 1)
  const finding = page.locator('[data-finding]', { hasText: date.zh }).first()
  assert.match(await finding.innerText(), /3[\s\S]*昨天/)
  await shot(page, 'import-wrong-value')
  assert.equal((await byKey('E2E-好行')).length, 0, 'where one row is wrong none is written')
  assert.equal(await count(), before)
})

test('an empty file, a picture called .xlsx, a table without a header: refused in words', async () => {
  for (const [name, content] of [['空.csv', ''], ['照片.xlsx', PNG], ['空.xlsx', xlsx([])]]) {
    const report = await upload(name, content)
    if (report === null) assert.match(await page.innerText('[data-test=fault]'), new RegExp(`${name}: .*[一-龥]{4}`), `${name} is refused by its name and with a reason`)
    else {
      assert.ok(await page.isDisabled('[data-test=confirm]'), `${name} cannot be confirmed`)
      assert.ok((await page.locator('[data-finding]').count()) > 0, `${name}: it is said why`)
    }
  }
  await shot(page, 'import-picture')
  refused()
})

test('somebody changes a record between report and confirmation: nothing is written, and it is said which', async () => {
  const { headers, row } = await sample()
  const [mine] = await byKey('E2E-国标码')
  const free = view.definition.field.find((f) => f.type === 'text' && !f.required && !f.pattern && !f.repeatable && !f.computed)
  if (!free) return
  const report = await upload('改动.xlsx', xlsx([[...headers.filter((h) => h !== free.zh), free.zh], [...row({ [key.name]: 'E2E-国标码' }).filter((_, n) => headers[n] !== free.zh), '导入的值']]))
  assert.deepEqual([report?.changed, report?.findings], ['1', '0'])
  await admin.ok('PATCH', `/registers/${view.name}/records/${mine.id}`, { revision: mine.revision ?? 1, body: { [free.name]: '他人先改' } })
  await page.click('[data-test=confirm]')
  await page.waitForSelector('[data-test=fault]')
  await shot(page, 'import-stale')
  const said = await page.innerText('[data-test=fault]')
  for (const word of [mine.id, free.zh]) assert.ok(said.includes(word), `${word}: ${said}`)
  assert.ok(await page.isDisabled('[data-test=confirm]'), 'the file must be read again')
  const [now] = await byKey('E2E-国标码')
  assert.equal(now.body[free.name], '他人先改')
  assert.deepEqual(seen.complaints.filter((c) => !/status of 409/.test(c)), [])
  seen.complaints.length = 0
})

test('the template is a workbook, and its example headers are those the import knows', async () => {
  await page.goto(`${base}/registers/${view.name}/import`)
  await settled(page)
  const [template] = await Promise.all([page.waitForEvent('download'), page.click('[data-test=template]')])
  assert.match(template.suggestedFilename(), /\.xlsx$/)
  const { readFileSync } = await import('node:fs')
  const report = await upload('模板.xlsx', readFileSync(await template.path()))
  if (report) assert.equal(report.new, '0')
  if (report) assert.ok(!(await page.innerText('[data-test=import-report]')).includes('未识别的列'), 'the template has no column of which nobody knows')
  refused()
})
