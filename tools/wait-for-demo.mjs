// Waits until the demonstration's history is applied and judged: alarms of each kind of the story stand.
const url = process.argv[2]
const until = Date.now() + 300_000

async function ask(path, options = {}) {
  const answer = await fetch(url + path, options)
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`)
  return { body: await answer.json(), headers: answer.headers }
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
  let before = -1
  while (Date.now() < until) {
    const overview = (await ask('/api/v1/overview', { headers: { cookie } })).body
    const kinds = new Set((await ask('/api/v1/alarms?page_size=200', { headers: { cookie } })).body.items.map((a) => a.kind))
    const frames = JSON.stringify(overview.frames)
    if (kinds.has('exceedance') && kinds.has('silence') && frames === before) return
    before = frames
    await new Promise((resolve) => setTimeout(resolve, 4000))
  }
  throw new Error('the history was not judged within five minutes')
}

await settled()
console.log('the demonstration has its history')
