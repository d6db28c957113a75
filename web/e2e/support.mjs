// What the browser tests share: one Chromium a file, a page that remembers every complaint and every foreign request,
// and sign-in by the demo's logins.

import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'

const given = process.env.HUANSHU_URL
if (!given) throw new Error('HUANSHU_URL must name the running server, e.g. HUANSHU_URL=http://127.0.0.1:8212 npm run e2e')
export const base = given.replace(/\/$/, '')

const results = fileURLToPath(new URL('../test-results/', import.meta.url))
mkdirSync(results, { recursive: true })

/** Software rendering is slow: the first rest of a map may take a minute. */
export const PATIENCE = 60_000
const FLAGS = [
  '--no-sandbox', '--disable-gpu-sandbox', '--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync',
]

/** A browser with a fresh profile; `close` removes it again. */
export async function browser(width = 1366, height = 768) {
  const profile = mkdtempSync(join(tmpdir(), 'huanshu-e2e-'))
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    headless: true,
    args: FLAGS,
    viewport: { width, height },
    locale: 'zh-CN',
    acceptDownloads: true,
  })
  context.setDefaultTimeout(20_000)
  return {
    context,
    async close() {
      await context.close()
      rmSync(profile, { recursive: true, force: true })
    },
  }
}

/** A page and what it complained about. A refused question before sign-in is no complaint. */
export async function watched(context) {
  const page = await context.newPage()
  const complaints = []
  const foreign = []
  page.on('console', (message) => {
    if (message.type() === 'error' && !/status of 401/.test(message.text())) complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('request', (request) => {
    const url = new URL(request.url())
    if (/^(http|ws)s?:$/.test(url.protocol) && url.origin !== base) foreign.push(request.url())
  })
  return { page, complaints, foreign }
}

/** Nothing was complained about and nobody else was asked. */
export function quiet({ complaints, foreign }, where) {
  assert.deepEqual(complaints, [], `${where}: complaints of the browser`)
  assert.deepEqual(foreign, [], `${where}: requests to foreign hosts`)
}

let profile = null
/** The demo login of a role. */
export async function demoLogin(role) {
  profile ??= await (await fetch(`${base}/api/v1/profile`)).json()
  const login = (profile.demo_logins ?? []).find((l) => l.role === role)
  assert.ok(login, `the server offers a demo login of role ${role}`)
  return login
}

/** Signs in through the page, as a person does. */
export async function signIn(page, role) {
  const login = await demoLogin(role)
  await page.goto(`${base}/login`)
  await page.click(`[data-login="${login.login}"]`)
  await page.click('[data-test=enter]')
  await page.waitForURL((url) => !url.pathname.startsWith('/login'))
}

/** Waits until the page stands and nothing on it says that it is still reading. */
export async function settled(page) {
  await page.waitForFunction(() => (document.querySelector('main') ?? document.querySelector('.cockpit'))?.childElementCount > 0 && !document.querySelector('.state[role=status]') && !document.querySelector('[aria-busy=true]'))
}

/** Waits until the map has come to rest. */
export async function mapAtRest(page) {
  await page.waitForSelector('[data-map-idle=true]', { timeout: PATIENCE })
}

export const shot = (page, name) => page.screenshot({ path: join(results, `${name}.png`) })

/** Asks the API with the page's session. */
export async function ask(page, path) {
  const answer = await page.request.get(`${base}/api/v1${path}`)
  assert.equal(answer.status(), 200, path)
  return answer.json()
}

/** The district lives while it is watched: two readings of one figure may lie on both sides of a change. Tries again. */
export async function eventually(check, times = 6) {
  for (let left = times; ; left -= 1) {
    try {
      return await check()
    } catch (error) {
      if (left <= 1) throw error
      await new Promise((resolve) => setTimeout(resolve, 1500))
    }
  }
}

const sessions = new Map()
/** The API as a person of a role, without a page: `ok` wants success, `call` takes what comes. One session a role. */
export function as(role) {
  if (!sessions.has(role)) sessions.set(role, open(role))
  return sessions.get(role)
}
async function open(role) {
  const { login, password } = await demoLogin(role)
  const answer = await fetch(`${base}/api/v1/session`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ login, password }) })
  assert.equal(answer.status, 200, `${role} may sign in`)
  const headers = { cookie: answer.headers.getSetCookie().map((c) => c.split(';')[0]).join('; '), 'x-csrf-token': (await answer.json()).csrf }
  const call = async (method, path, body) => {
    const reply = await fetch(`${base}/api/v1${path}`, { method, headers: body === undefined ? headers : { ...headers, 'content-type': 'application/json' }, body: body === undefined ? undefined : JSON.stringify(body) })
    const text = await reply.text()
    return { status: reply.status, json: text === '' ? null : JSON.parse(text) }
  }
  return {
    headers, call,
    async ok(method, path, body) {
      const { status, json } = await call(method, path, body)
      assert.ok(status >= 200 && status < 300, `${method} ${path}: ${status} ${JSON.stringify(json)}`)
      return json
    },
  }
}
