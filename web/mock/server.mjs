// A stand-in for the server while pages are being built: the contract's answers with made-up values about the profile's
// subjects. Development only; the browser tests that count run against the real server.
//   node mock/server.mjs [port]      then open the printed address (the built pages in dist are served too)

import { createServer } from 'node:http'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'smol-toml'

const here = fileURLToPath(new URL('..', import.meta.url))
const folder = join(here, '../profiles/chiping')
const port = Number(process.argv[2] ?? 8600)
const toml = (name) => parse(readFileSync(join(folder, name), 'utf8'))
const profile = toml('profile.toml')
const units = toml('units.toml').unit
const specs = toml('subjects.toml').subject
const limits = toml('limits.toml').limit
const deviceSpecs = toml('devices.toml').device
const demoUsers = toml('demo.toml').user

// ---- values: a hash of what they belong to, so that every run shows the same
const hash = (text) => [...text].reduce((h, c) => Math.imul(h ^ c.charCodeAt(0), 16777619) >>> 0, 2166136261) / 4294967296
const stamp = (ms) => new Date(ms + 8 * 3600e3).toISOString().slice(0, 19) + '+08:00'
const now = () => Math.floor(Date.now() / 60e3) * 60e3
const hour = (ms) => Math.floor(ms / 3600e3) * 3600e3
const NAMES = { a34013: ['颗粒物', 'Particulate matter'], a21026: ['二氧化硫', 'SO₂'], a21002: ['氮氧化物', 'NOx'], w01018: ['化学需氧量', 'COD'], w21003: ['氨氮', 'NH₃-N'], w21011: ['总磷', 'Total phosphorus'], w21001: ['总氮', 'Total nitrogen'], w01001: ['pH', 'pH'], w00000: ['流量', 'Flow'], a34004: ['PM2.5', 'PM2.5'], a34002: ['PM10', 'PM10'], a21004: ['NO2', 'NO2'], a05024: ['O3', 'O3'], a21005: ['CO', 'CO'], w01009: ['溶解氧', 'Dissolved oxygen'], w01019: ['高锰酸盐指数', 'Permanganate index'], a19001: ['氧含量', 'Oxygen'], a00000: ['废气流量', 'Gas flow'], a24088: ['非甲烷总烃', 'NMHC'] }
const LEVELS = [50, 100, 150, 200, 300]
const CLASSES = ['Ⅰ', 'Ⅱ', 'Ⅲ', 'Ⅳ', 'Ⅴ', '劣Ⅴ']
const CATEGORY = ['优', '良', '轻度污染', '中度污染', '重度污染', '严重污染']

const subjects = specs.map((s, i) => ({ ...s, id: i + 1, zh: s.code === 'demo-power-g3' ? `${s.zh}（含脱硫脱硝除尘一体化改造后新增备用旁路烟道在线监测点位）` : s.zh }))
const byCode = new Map(subjects.map((s) => [s.code, s]))
const devices = deviceSpecs.map((d) => ({ mn: d.mn, state: 'approved', subject: byCode.get(d.subject), st: String(d.st), demo: true, frames: 4000 + Math.floor(hash(d.mn) * 900), first: now() - 9 * 86400e3 }))
devices.push({ mn: '0200A37150C25E1000D19999', state: 'pending', subject: null, st: '31', demo: true, frames: 12, first: now() - 3e6 })
devices.push({ mn: '', state: 'pending', subject: null, st: '32', demo: true, frames: 3, first: now() - 2e6 })
const limitsOf = (s) => limits.filter((l) => l.subject === s.code)
const stateOf = (s) => {
  if (!limitsOf(s).length) return ['firm'].includes(s.kind) && hash(s.code) < 0.3 ? 'warning' : 'normal'
  const h = hash(`${s.code}state`)
  return h < 0.14 ? 'exceeding' : h < 0.26 ? 'silent' : h < 0.36 ? 'warning' : 'normal'
}
const aqiOf = (s) => Math.round(28 + hash(s.code) ** 2 * 190)
const levelOf = (aqi) => LEVELS.findIndex((l) => aqi <= l) + 1 || 6
const classOf = (s) => CLASSES[1 + Math.floor(hash(`${s.code}w`) * 5)]
const ref = (s) => s && { id: s.id, code: s.code, zh: s.zh, en: s.en ?? '' }

const series = []
const addSeries = (s, factor, grain, statistic, unit) => series.push({ id: series.length + 1, subject: s.id, factor, grain, statistic, unit, name_zh: (NAMES[factor] ?? [factor])[0], name_en: (NAMES[factor] ?? [factor, factor])[1] })
for (const s of subjects) {
  for (const l of limitsOf(s)) {
    addSeries(s, l.factor, 'hour', l.statistic, l.unit)
    addSeries(s, l.factor, 'realtime', l.statistic.startsWith('Zs') ? 'ZsRtd' : 'Rtd', l.unit)
  }
  if (s.kind === 'air_station') for (const f of ['a34004', 'a34002', 'a21026', 'a21004', 'a05024', 'a21005']) addSeries(s, f, 'hour', 'Avg', f === 'a21005' ? 'mg/m3' : 'ug/m3')
  if (s.kind === 'water_section') for (const f of ['w01009', 'w01019', 'w21003', 'w21011']) addSeries(s, f, 'hour', 'Avg', 'mg/L')
}
const limitOf = (x) => limits.find((l) => l.subject === subjects[x.subject - 1].code && l.factor === x.factor)
const STEP = { realtime: 60e3 * 5, hour: 3600e3 }
function valueAt(x, at) {
  if (hash(`gap${x.id}${Math.floor(at / 7200e3)}`) < 0.02) return null
  const base = Number(limitOf(x)?.max ?? 40)
  const wave = 0.55 + 0.18 * Math.sin(at / 3600e3 / 3.8 + x.id) + 0.12 * hash(`${x.id}${at}`)
  const bad = stateOf(subjects[x.subject - 1]) === 'exceeding' && Date.now() - at < 6 * 3600e3 ? 0.75 : 0
  return (base * (wave + bad)).toFixed(2)
}
const newest = (x) => {
  const s = subjects[x.subject - 1]
  const at = Math.floor(now() / STEP[x.grain]) * STEP[x.grain] - STEP[x.grain] - (stateOf(s) === 'silent' ? 5 * 3600e3 : 0)
  const value = valueAt(x, at)
  const limit = limitOf(x)?.max ?? null
  return { series: x.id, factor: x.factor, name_zh: x.name_zh, name_en: x.name_en, unit: x.unit, statistic: x.statistic, grain: x.grain, value, text: null, flag: value === null ? null : hash(`f${x.id}`) < 0.06 ? 'M' : 'N', time: stamp(at), limit, exceed: limit !== null && value !== null && Number(value) > Number(limit) }
}

const judgements = []
const doc = (s, x, value, limit) => ({
  topic: 'limits/compare', confidence: 'configurable', basis: [{ standard: 'DB37/664', edition: '2019', clause: '表1' }, { standard: 'HJ 75', edition: '2017', clause: '附录C' }],
  limits: [{ value: limit, unit: x.unit, source: { standard: 'DB37/664', edition: '2019', clause: '表1' }, reason: { zh: '燃煤锅炉，位于重点控制区，2020年1月1日起执行', en: 'Coal boiler in the key control zone, in force from 2020-01-01' } }],
  inputs: [{ name: 'c_measured', value: '52.31', unit: 'mg/m3', used: true, note: { zh: '小时均值，有效数据45分钟', en: 'hourly mean of 45 valid minutes' } }, { name: 'o2', value: '8.20', unit: '%', used: true, note: null }, { name: 'minutes[13..28]', value: null, unit: '', used: false, note: { zh: '标记为 C（校准），不参与均值', en: 'flagged C (calibration), not part of the mean' } }],
  steps: [{ what: { zh: '按基准含氧量折算', en: 'Convert to the reference oxygen' }, formula: `c = c′ × (21 − φ基准) ÷ (21 − φ实测) = 52.31 × (21 − 6) ÷ (21 − 8.20)`, value: '61.30078125' }, { what: { zh: '与限值比较', en: 'Compare with the limit' }, formula: `${value} > ${limit}`, value: 'true' }],
  unrounded: '61.30078125', value, unit: x.unit, verdict: 'exceeded', conclusion: { zh: `折算浓度 ${value} mg/m³，超过限值 ${limit} mg/m³，超标 ${((value - limit) / limit).toFixed(2)} 倍`, en: `${value} mg/m³ is beyond the limit of ${limit} mg/m³` }, result: { value, exceeded: true },
})
const alarms = []
for (const s of subjects) {
  const st = stateOf(s)
  if (!limitsOf(s).length || st === 'normal') continue
  const kind = { exceeding: 'exceedance', silent: 'silence', warning: 'warning' }[st]
  const x = series.find((y) => y.subject === s.id && y.grain === (kind === 'warning' ? 'realtime' : 'hour'))
  const limit = limitOf(x).max
  const value = (Number(limit) * (1.2 + hash(s.code))).toFixed(2)
  let judgement = null
  if (kind === 'exceedance') {
    judgement = judgements.length + 1
    judgements.push({ id: judgement, topic: 'limits/compare', subject: s.id, subject_name: s.zh, factor: x.factor, grain: 'hour', time: stamp(hour(now()) - 3600e3), edition: 'DB37/664-2019', revision: 1, verdict: 'exceeded', value, made_at: stamp(now()), body: doc(s, x, value, limit) })
  }
  const id = alarms.length + 1
  const raised = stamp(now() - hash(`${s.code}r`) * 20 * 3600e3)
  alarms.push({ id, kind, state: id % 4 === 0 ? 'acknowledged' : 'open', subject: s.id, subject_name: `${byCode.get(s.parent)?.zh ?? ''} ${s.zh}`.trim(), factor: kind === 'silence' ? null : x.factor, factor_name: kind === 'silence' ? null : x.name_zh, factor_name_en: kind === 'silence' ? null : x.name_en, grain: kind === 'silence' ? null : x.grain, grade: kind === 'exceedance' ? 1 + (id % 2) : 3, first_time: raised, last_time: stamp(now() - id * 240e3), occurrences: 1 + (id % 5), active: id % 3 !== 0, value: kind === 'silence' ? null : value, limit: kind === 'silence' ? null : limit, multiple: kind === 'silence' ? null : ((value - limit) / limit).toFixed(4), unit: x.unit, judgement, raised_at: raised, closed_at: null, close_reason: null, demo: true, events: [{ at: raised, by: null, action: 'raised', text: null }] })
}
for (const s of subjects.filter((x) => x.kind === 'air_station')) judgements.push({ id: judgements.length + 1, topic: 'aqi/hourly', subject: s.id, subject_name: s.zh, factor: null, grain: 'hour', time: stamp(hour(now()) - 3600e3), edition: 'HJ 633-2012', revision: 1, verdict: 'classified', value: String(aqiOf(s)), made_at: stamp(now()), body: doc(s, series[0], '61.3', '35') })
const open = (s) => alarms.filter((a) => a.subject === s.id && a.state !== 'closed')
const aqiView = (s, grain) => ({ aqi: aqiOf(s), level: levelOf(aqiOf(s)), category: CATEGORY[levelOf(aqiOf(s)) - 1], primary: aqiOf(s) > 50 ? [hash(s.code) < 0.5 ? 'PM2.5' : 'O3'] : [], time: stamp(grain === 'hour' ? hour(now()) - 3600e3 : hour(now()) - 86400e3), judgement: 1, conclusion: { zh: '', en: '' }, pollutants: ['PM2.5', 'PM10', 'SO2', 'NO2', 'O3', 'CO'].map((name, i) => ({ name, value: i === 2 && s.id % 3 === 0 ? null : (hash(`${s.code}${name}`) * (name === 'CO' ? 2 : 120)).toFixed(name === 'CO' ? 1 : 0), unit: name === 'CO' ? 'mg/m3' : 'ug/m3', iaqi: Math.round(hash(`${s.code}${name}`) * aqiOf(s)) })) })
const station = (s) => ({ ...ref(s), lon: s.lon, lat: s.lat, demo: !!s.demo, schematic: !!s.schematic, hour: hash(`${s.code}n`) < 0.08 ? null : aqiView(s, 'hour'), day: aqiView(s, 'day') })
const section = (s) => ({ ...ref(s), lon: s.lon ?? null, lat: s.lat ?? null, demo: !!s.demo, schematic: !!s.schematic, water_body: s.attrs?.water ?? null, latest: { class: classOf(s), grade: '良好', main_pollutants: hash(s.code) < 0.5 ? ['总磷', '高锰酸盐指数'] : [], target: CLASSES[(s.attrs?.target_class ?? 4) - 1], time: stamp(hour(now()) - 4 * 3600e3), judgement: 1, conclusion: { zh: '', en: '' } } })
const row = (s) => {
  const x = series.find((y) => y.subject === s.id && y.grain === 'hour')
  const v = x && newest(x)
  const headline = s.kind === 'air_station' ? { label: 'AQI', label_en: 'AQI', unit: '', aqi: aqiOf(s), level: levelOf(aqiOf(s)), time: stamp(hour(now()) - 3600e3) } : s.kind === 'water_section' ? { label: '水质类别', label_en: 'Class', unit: '', class: classOf(s), time: stamp(hour(now())) } : v ? { factor: x.factor, label: x.name_zh, label_en: x.name_en, value: v.value, unit: x.unit, limit: v.limit, time: v.time } : null
  return { ...ref(s), kind: s.kind, unit: s.unit ?? null, parent: ref(byCode.get(s.parent)) ?? null, lon: s.lon ?? null, lat: s.lat ?? null, demo: !!s.demo, schematic: !!s.schematic, state: stateOf(s), online: s.kind === 'firm' ? null : stateOf(s) !== 'silent', last_time: v?.time ?? null, alarms: open(s).length, headline }
}
const CP = 'DataTime=20261124203000;a21026-Rtd=36.91,a21026-Flag=N;a34013-Rtd=abc,a34013-Flag=N'
const quarantine = Array.from({ length: 64 }, (_, i) => ({ id: 900 - i, received_at: stamp(now() - i * 1380e3), data_time: null, mn: i % 9 === 3 ? null : devices[i % devices.length].mn, cn: '2011', crc_ok: i % 3 !== 0, state: 'quarantined', cp: CP, factors: ['a21026', 'a34013'], repeats: i % 4, last_received_at: i % 4 ? stamp(now() - i * 1000e3) : null, diagnoses: i % 3 === 0 ? [{ at: 'byte 214', code: 'crc_mismatch', zh: 'CRC 不符：帧内 1C80，计算得 2A41', en: 'CRC mismatch: 1C80 in the frame, 2A41 computed' }] : [{ at: 'byte 150', code: 'bad_number', zh: '数值无效：“abc”', en: 'a value is not a number: "abc"' }, { at: 'byte 4', code: 'length_mismatch', zh: '长度与数据段不符', en: 'length does not match' }], raw: `##0208QN=20261124203000000;ST=31;CN=2011;PW=******;MN=0200A37150C25E1000D10001;Flag=5;CP=&&${CP}&&1C80\r\n` }))
const users = demoUsers.map((u, i) => ({ ...u, id: i + 1, active: true, demo: true, created_at: stamp(now() - 9e8), last_login_at: i % 2 ? stamp(now() - 9e6) : null }))
const audit = Array.from({ length: 130 }, (_, i) => ({ id: 130 - i, at: stamp(now() - i * 500e3), actor: ['admin', 'duty', '-'][i % 3], action: ['session.own', 'alarms.acknowledge', 'site.open'][i % 3], object: ['/api/v1/session', '/api/v1/alarms/3/acknowledge', '/api/v1/session'][i % 3], outcome: 'done', address: '127.0.0.1', detail: { comment: '已电话核实' }, hash: 'ab12cd34'.repeat(8), previous: 'ff00'.repeat(16) }))
const layerFiles = existsSync(join(folder, 'map')) ? readdirSync(join(folder, 'map')).map((f) => f.replace('.geojson', '')) : []
const layer = (name) => JSON.parse(readFileSync(join(folder, 'map', `${name}.geojson`), 'utf8'))
const ACTIONS = Object.fromEntries(readFileSync(join(here, '../crates/server/src/authz/actions.csv'), 'utf8').trim().split('\n').slice(1).map((l) => [l.split(',')[0], l.split(',').slice(1)]))
const ROLES = ['administrator', 'auditor', 'duty_officer', 'inspector', 'leader', 'town', 'department', 'firm', 'public']
const topics = ['aqi/daily', 'aqi/hourly', 'cems/o2_conversion', 'water/section', 'noise/level', 'soil/item'].map((id) => ({ id, zh: `${id} 评价`, en: `${id} evaluation`, basis: 'HJ 633-2012 5.2', example: { pm25: '76', pm10: '120', o3_8h: null } }))

let user = null
const session = () => ({ user: { id: user.id, login: user.login, name: user.name, role: user.role, unit: user.unit ?? null, firm: user.firm ?? null }, csrf: 'mock', expires_at: stamp(now() + 4e7), actions: Object.fromEntries(Object.entries(ACTIONS).map(([a, row]) => [a, row[ROLES.indexOf(user.role)]]).filter(([, scope]) => scope && scope !== '-')) })
const figure = (list) => ({ list, value: paged(new URL(`http://x/api/v1${list}`)).total })
const page = (url, all) => {
  const size = Math.min(200, Number(url.searchParams.get('page_size') ?? 50))
  const at = Number(url.searchParams.get('page') ?? 1)
  const sort = url.searchParams.get('sort')
  const key = sort?.replace('-', '')
  const RANK = ['exceeding', 'silent', 'warning', 'normal', 'unknown']
  const of = (r) => (key === 'state' ? RANK.indexOf(r.state) : r[key])
  const sorted = sort ? [...all].sort((a, b) => (of(a) < of(b) ? -1 : of(a) > of(b) ? 1 : 0) * (sort.startsWith('-') ? -1 : 1)) : all
  return { items: sorted.slice((at - 1) * size, at * size), total: all.length, page: at, page_size: size }
}
function paged(url) {
  const q = (name) => url.searchParams.get(name)
  const has = (name, value) => !q(name) || q(name).split(',').includes(String(value))
  const text = (...s) => !q('q') || s.some((x) => (x ?? '').includes(q('q')))
  switch (url.pathname.slice(8)) {
    case 'subjects': return page(url, subjects.map(row).filter((r) => has('kind', r.kind) && has('state', r.state) && has('unit', r.unit) && has('online', r.online) && has('level', r.headline?.level) && has('class', r.headline?.class) && text(r.zh, r.code, r.en)))
    case 'alarms': return page(url, alarms.filter((a) => has('state', a.state) && has('kind', a.kind) && has('grade', a.grade) && has('subject', a.subject) && has('active', a.active) && text(a.subject_name)).sort((a, b) => (a.last_time < b.last_time ? 1 : -1)))
    case 'devices': return page(url, devices.map(deviceView).filter((d) => has('state', d.state) && text(d.mn, d.subject?.zh)))
    case 'quarantine': return page(url, quarantine.filter((f) => (!q('mn') || f.mn === q('mn')) && (!q('code') || f.diagnoses.some((d) => d.code === q('code')))))
    case 'judgements': return page(url, judgements.filter((j) => has('subject', j.subject) && has('topic', j.topic) && has('verdict', j.verdict)))
    case 'series': return page(url, series.filter((x) => has('subject', x.subject) && has('factor', x.factor) && has('grain', x.grain)))
    case 'users': return page(url, users.filter((u) => has('role', u.role) && text(u.login, u.name)))
    case 'tokens': return page(url, [{ id: 1, user: 1, login: 'admin', name: '市级平台取数', created_at: stamp(now() - 9e8), last_used_at: stamp(now() - 9e5), expires_at: null, revoked_at: null }])
    case 'audit': return page(url, audit)
    default: return null
  }
}
const deviceView = (d) => ({ mn: d.mn, state: d.state, subject: ref(d.subject) ?? null, st: d.st, demo: d.demo, online: d.state === 'approved' && (!d.subject || stateOf(d.subject) !== 'silent'), first_seen: stamp(d.first), last_seen: stamp(now() - Math.floor(hash(d.mn) * 9e5)), frames: d.frames })

function overview() {
  const outlets = '/subjects?kind=gas_outlet,water_outlet'
  const stations = subjects.filter((s) => s.kind === 'air_station').map(station)
  return {
    time: stamp(now()),
    air: { stations, level_counts: [1, 2, 3, 4, 5, 6].map((level) => ({ level, ...figure(`/subjects?kind=air_station&level=${level}`) })) },
    water: { sections: subjects.filter((s) => s.kind === 'water_section').map(section), class_counts: CLASSES.map((c) => ({ class: c, ...figure(`/subjects?kind=water_section&class=${c}`) })) },
    sources: { total: figure(outlets), online: figure(`${outlets}&online=true`), exceeding: figure(`${outlets}&state=exceeding`), silent: figure(`${outlets}&state=silent`), warning: figure(`${outlets}&state=warning`) },
    alarms: { open: figure('/alarms?state=open'), by_kind: ['exceedance', 'warning', 'silence', 'constant'].map((kind) => ({ kind, ...figure(`/alarms?state=open&kind=${kind}`) })), by_grade: [1, 2, 3].map((grade) => ({ grade, ...figure(`/alarms?state=open&grade=${grade}`) })) },
    frames: { today: 48211, quarantined_today: figure('/quarantine') },
    devices: { total: figure('/devices'), pending: figure('/devices?state=pending') },
  }
}

const live = new Set()
setInterval(() => {
  const a = alarms[Math.floor(Math.random() * alarms.length)]
  for (const res of live) res.write(`event: alarm\ndata: ${JSON.stringify({ ...a, events: undefined })}\n\nevent: counts\ndata: {}\n\n`)
}, 15e3).unref()

async function answer(req, url, body) {
  const path = url.pathname.replace('/api/v1/', '')
  const [head, id, tail] = path.split('/')
  if (req.method === 'POST' && path === 'session') {
    user = users.find((u) => u.login === body.login && u.password === body.password) ?? null
    return user ? session() : [401, 'bad_login', '账号或密码不正确', 'Login or password is wrong']
  }
  if (path === 'profile') return { district: profile, units: units.map((u) => ({ aliases: [], ...u })), demo: true, demo_logins: demoUsers, version: '0.1.0' }
  if (path === 'public/air') return { demo: true, time: stamp(now()), items: overview().air.stations }
  if (path === 'public/water') return { demo: true, time: stamp(now()), items: overview().water.sections }
  if (path === 'map/layers') return layerFiles.map((name) => { const l = layer(name); return { name, zh: l.zh, en: l.en, schematic: l.schematic } })
  if (head === 'map' && id === 'layers') return layer(tail)
  if (!user) return [401, 'not_signed_in', '请先登录', 'Sign in first']
  if (path === 'session') return req.method === 'DELETE' ? ((user = null), 204) : session()
  if (path === 'overview') return overview()
  if (path === 'map/points') return { type: 'FeatureCollection', features: subjects.filter((s) => s.lon != null).map((s) => { const r = row(s); return { type: 'Feature', id: s.id, geometry: { type: 'Point', coordinates: [s.lon, s.lat] }, properties: { id: s.id, code: s.code, kind: s.kind, name: s.zh, name_en: s.en ?? '', parent_name: r.parent?.zh ?? null, state: r.state, value: r.headline?.value ?? null, unit: r.headline?.unit ?? null, label: r.headline?.label ?? null, time: r.last_time, level: r.headline?.level ?? null, class: r.headline?.class ?? null, aqi: r.headline?.aqi ?? null, alarms: r.alarms, demo: r.demo, schematic: r.schematic } } }) }
  if (head === 'subjects' && id) {
    const s = subjects[id - 1]
    if (!s) return [404, 'not_found', '没有这个对象', 'No such subject']
    return { ...row(s), attrs: s.attrs ?? {}, children: subjects.filter((x) => x.parent === s.code).map(ref), devices: devices.filter((d) => d.subject === s).map(deviceView), latest: series.filter((x) => x.subject === s.id).map(newest), limits: limitsOf(s).map((l) => ({ ...l, name_zh: (NAMES[l.factor] ?? [l.factor])[0], name_en: (NAMES[l.factor] ?? [l.factor, l.factor])[1], subject: undefined })), open_alarms: open(s) }
  }
  if (head === 'series' && tail === 'observations') {
    const x = series[id - 1]
    const [from, to] = [Date.parse(url.searchParams.get('from')), Date.parse(url.searchParams.get('to'))]
    const items = []
    for (let at = Math.ceil(from / STEP[x.grain]) * STEP[x.grain]; at < to; at += STEP[x.grain]) items.push({ time: stamp(at), value: valueAt(x, at), flag: 'N', origin: 'uploaded', revision: 1 })
    return { series: x, unit: x.unit, limit: limitOf(x)?.max ?? null, from: stamp(from), to: stamp(to), items }
  }
  if (head === 'alarms' && id) {
    const a = alarms[id - 1]
    if (!a) return [404, 'not_found', '没有这条告警', 'No such alarm']
    const event = (action) => a.events.push({ at: stamp(Date.now()), by: user.login, action, text: body.comment ?? body.text ?? null })
    if (tail === 'acknowledge') (a.state = 'acknowledged'), event('acknowledged')
    if (tail === 'comment') event('commented')
    if (tail === 'close') (a.state = 'closed'), (a.close_reason = body.reason), (a.closed_at = stamp(Date.now())), event('closed')
    return a
  }
  if (head === 'judgements' && id) return judgements[id - 1] ?? [404, 'not_found', '没有这条评价', 'No such judgement']
  if (head === 'devices' && tail === 'frames') return quarantine.slice(0, 6).map((f, i) => ({ ...f, state: i % 3 ? 'stored' : 'quarantined' }))
  if (head === 'devices' && tail === 'decision') {
    const d = devices.find((x) => x.mn === (id === '-' ? '' : decodeURIComponent(id)))
    d.state = body.decision === 'approve' ? 'approved' : 'refused'
    d.subject = subjects[body.subject - 1] ?? d.subject
    return { device: deviceView(d), released: 12 }
  }
  if (path === 'standards/topics') return { items: topics, total: topics.length }
  if (head === 'evaluate') return body.pm25 === 'x' ? [400, 'bad_input', '字段 pm25：不是数值', 'Field pm25: not a number'] : doc(subjects[1], series[0], '61.3', '35')
  if (path === 'audit/verify') return { ok: true, entries: 130, broken_at: null, head: 'ab12cd34'.repeat(8) }
  if (path === 'system') return { version: '0.1.0', database: 'sqlite', schema_version: 2, time: stamp(now()), subjects: subjects.length, devices: devices.length, frames: 482110, rawlog_bytes: 73400320, lag_bytes: 0, periods_waiting: 3, jobs_waiting: 0, live_clients: live.size, gauges: { gateway_connections: 24, gateway_frames_total: 482110, applier_batches_total: 9321 } }
  if (path === 'tokens' && req.method === 'POST') return { id: 2, user: 1, login: 'admin', name: body.name, created_at: stamp(now()), token: 'hs_0123456789abcdef' }
  return paged(url) ?? [404, 'not_found', '没有这个地址', 'No such path']
}

const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.mjs': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' }
createServer(async (req, res) => {
  const url = new URL(req.url, 'http://localhost')
  if (url.pathname === '/api/v1/live') {
    res.writeHead(200, { 'content-type': 'text/event-stream' })
    res.write(': hello\n\n')
    live.add(res)
    req.on('close', () => live.delete(res))
    return
  }
  if (url.pathname === '/healthz') return void res.setHeader('content-type', 'application/json').end(JSON.stringify({ ok: true, checks: [{ name: 'database', ok: true, note: 'sqlite' }, { name: 'rawlog', ok: true, note: 'fsync 0.2 ms' }] }))
  if (url.pathname.startsWith('/api/')) {
    let text = ''
    for await (const chunk of req) text += chunk
    const out = await answer(req, url, text ? JSON.parse(text) : {})
    if (out === 204) return void res.writeHead(204).end()
    const [status, json] = Array.isArray(out) && typeof out[0] === 'number' ? [out[0], { code: out[1], message: { zh: out[2], en: out[3] }, help: `/docs/errors/${out[1]}` }] : [200, out]
    return void res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json))
  }
  const file = join(here, 'dist', url.pathname)
  const found = extname(file) && existsSync(file) ? file : join(here, 'dist/index.html')
  res.writeHead(200, { 'content-type': TYPES[extname(found)] ?? 'application/octet-stream' }).end(readFileSync(found))
}).listen(port, '127.0.0.1', () => console.log(`http://127.0.0.1:${port}`))
