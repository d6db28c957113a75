// Waits until the demonstration's history is applied and judged: the incident and the frozen analyser have their alarms.
const url = process.argv[2]
const until = Date.now() + 300_000

async function ask(path, options = {}) {
  const answer = await fetch(url + path, options)
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`)
  return { body: await answer.json(), headers: answer.headers }
}

// The history has been applied when the frames of the day grow by no more than the live ones of a few seconds.
function settledAt(now, before) {
  return before !== null && now - before < 60
}

async function settled() {
  const profile = (await ask('/api/v1/profile')).body
  const login = profile.demo_logins.find((l) => l.role === 'duty_officer')
  const session = await ask('/api/v1/session', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ login: login.login, password: login.password }),
  })
  const cookie = session.headers.get('set-cookie').split(';')[0]
  let before = null
  while (Date.now() < until) {
    const overview = (await ask('/api/v1/overview', { headers: { cookie } })).body
    const kinds = new Set((await ask('/api/v1/alarms?page_size=200', { headers: { cookie } })).body.items.map((a) => a.kind))
    const frames = overview.frames.today.value ?? overview.frames.today
    if (kinds.has('exceedance') && kinds.has('constant') && settledAt(frames, before)) return
    before = frames
    await new Promise((resolve) => setTimeout(resolve, 4000))
  }
  throw new Error('the history was not judged within five minutes')
}

await settled()
console.log('the demonstration has its history')
