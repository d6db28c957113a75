// The plan in English: chapters, tasks, targets, indicators, their groups and units go by their English names on every page
// that names them. What people entered stays in their words.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { ask, base, browser, quiet, settled, shot, signIn, watched } from './support.mjs'

const CHINESE = /[\u4e00-\u9fff]/
let chromium
before(async () => {
  chromium = await browser()
  chromium.context.setDefaultTimeout(60_000)
  await chromium.context.addInitScript(() => localStorage.setItem('huanshu.locale', 'en'))
})
after(() => chromium.close())

async function open(page, path) {
  await page.goto(base + path)
  await settled(page)
}
async function desk(role) {
  await chromium.context.clearCookies()
  const seen = await watched(chromium.context)
  await signIn(seen.page, role)
  return seen
}
const texts = (page, selector) => page.$$eval(selector, (all) => all.map((e) => e.textContent.trim()))
/** Everything that goes by a name of the plan does so in English, and there is something. */
async function english(page, selector, where, least = 1) {
  const found = await texts(page, selector)
  assert.ok(found.length >= least, `${where}: ${selector} is there`)
  assert.deepEqual(found.filter((text) => CHINESE.test(text)), [], `${where}: ${selector}`)
}

test('a leader reads the plan in English, from the first page to the evaluation', { timeout: 300_000 }, async () => {
  const seen = await desk('leader')
  const { page } = seen
  const plan = await ask(page, '/plan')
  for (const path of ['/', '/plan']) {
    await open(page, path)
    await page.waitForSelector('[data-behind]')
    const drawn = await page.$$eval('[data-behind]', (all) => all.map((e) => [e.dataset.behind, e.querySelector('.c-what b').textContent]))
    const named = new Map(plan.behind.map((b) => [`${b.about}/${b.id}`, b.name_en ?? b.name]))
    for (const [id, name] of drawn) assert.equal(name, named.get(id), `${path}: ${id}`)
    assert.ok(drawn.some(([id]) => id.startsWith('indicator/')) && drawn.some(([id]) => id.startsWith('task/')))
    // A sentence about an indicator has nothing in it that people entered.
    await english(page, '[data-behind^=indicator] .why', path)
    await english(page, '.c-unit a, .units a', path, 3)
  }
  await shot(page, 'english-plan')

  await open(page, '/plan/indicators')
  const board = await ask(page, '/plan/indicators')
  assert.deepEqual(await texts(page, '[data-no] td b:first-child:not(.right b)').then((all) => all.filter((text) => board.items.some((i) => i.name_en === text))), board.items.map((i) => i.name_en))
  await english(page, '.group th', 'indicators', 4)
  await english(page, '[data-no] td:nth-child(3)', 'indicators', 21)
  for (const i of board.items.filter((x) => x.kind !== 'qualitative')) await english(page, `[data-no="${i.no}"] .reason`, `indicator ${i.no}`)
  await page.click('[data-no="8"]')
  await page.waitForSelector('.side [data-test=judgement]')
  await english(page, '.side h2, .side .reason, .side [data-test=source], .side dd', 'an indicator', 4)
  await shot(page, 'english-indicator')

  await open(page, '/plan/tasks')
  const tree = await ask(page, '/plan/tasks')
  const tasks = tree.chapters.flatMap((c) => c.sections.flatMap((s) => s.tasks))
  assert.deepEqual(await texts(page, '[data-task] td:nth-child(2) a'), tasks.map((t) => `${t.id} ${t.title_en}`))
  await english(page, '[data-chapter] > header h2', 'chapters', tree.chapters.length)
  await english(page, '[data-chapter] summary', 'sections', 10)
  await english(page, '[data-task] td:nth-child(3)', 'who leads', tasks.length)
  // English words find it.
  const one = tasks.find((t) => t.id === '3.4.2') ?? tasks[0]
  await open(page, `/plan/tasks?q=${encodeURIComponent(one.title_en)}`)
  assert.deepEqual(await page.$$eval('[data-task]', (all) => all.map((e) => e.dataset.task)), tasks.filter((t) => t.title_en.includes(one.title_en)).map((t) => t.id))
  await open(page, `/plan/tasks/${one.id}`)
  const view = await ask(page, `/plan/tasks/${one.id}`)
  assert.ok((await page.innerText('main h2')).includes(one.title_en))
  // Beside them stand goals that people entered, in their words.
  const text = await page.innerText('[data-test=targets]')
  for (const t of view.targets) assert.ok(text.includes(t.name_en) && !text.includes(t.name), t.name)

  await open(page, '/plan/goals')
  const year = new URL(page.url()).searchParams.get('year') ?? String(plan.year)
  const goals = await ask(page, `/plan/goals/derived?year=${year}`)
  const shown = await texts(page, '[data-goal] td')
  for (const g of goals.items) assert.ok(shown.some((cell) => cell.endsWith(g.text_en)), g.text_en)
  for (const l of goals.left_out.filter((x) => ['indicator', 'target', 'task'].includes(x.about) && x.code !== 'struck')) assert.ok(!CHINESE.test(l.name_en ?? l.name), `${l.about} ${l.id}`)

  const { items } = await ask(page, '/plan/evaluations')
  await open(page, `/plan/evaluations/${items[0].id}`)
  await english(page, '[data-test=evaluated] tbody td:nth-child(2) b', 'an evaluation', 21)
  await page.click('[data-tab=figures]')
  await english(page, 'tbody td', 'frozen figures', 20)
  await page.click('[data-tab=tasks]')
  await english(page, 'tbody td:first-child', 'evaluated tasks', 100)
  await shot(page, 'english-evaluation')

  await open(page, '/plan/projects')
  await english(page, '[data-project] a[href^="/plan/tasks/"], [data-project] td:nth-child(3), [data-cut]', 'projects', 20)
  await open(page, '/plan/projects?view=named')
  await english(page, '[data-unrecorded]', 'named without a record')
  quiet(seen, 'the plan in English')
  await page.close()
})

test('a department reads its part in English', { timeout: 120_000 }, async () => {
  const seen = await desk('department')
  const { page } = seen
  const own = await ask(page, '/plan/units/mine')
  assert.ok(own.leads.length + own.with.length > 0)
  await open(page, '/plan/mine')
  await english(page, 'main h2', 'my tasks', 3)
  await english(page, '[data-task] td:nth-child(2) a', 'my tasks', own.leads.length)
  for (const n of own.notices.filter((x) => x.about === 'task')) assert.ok((await page.innerText(`[data-notice="${n.id}"]`)).includes(n.name_en), n.name)
  await english(page, 'a[href*="/plan/indicators?no="]', 'my indicators', own.indicators.length)
  await shot(page, 'english-mine')
  quiet(seen, 'a department in English')
  await page.close()
})

test('everybody reads the plan in English', { timeout: 120_000 }, async () => {
  await chromium.context.clearCookies()
  const seen = await watched(chromium.context)
  const { page } = seen
  await open(page, '/public/plan')
  await english(page, 'h1, [data-test=public-indicators] td, [data-test=public-indicators] th', 'the public plan', 60)
  await english(page, 'section[aria-labelledby=tasks] li, section[aria-labelledby=tasks] summary', 'tasks in public', 100)
  await shot(page, 'english-public')
  quiet(seen, 'the public plan in English')
  await page.close()
})
