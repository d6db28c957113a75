import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import en from './en'
import zh from './zh-CN'

type Tree = { [key: string]: string | Tree }

function flat(tree: Tree, prefix = ''): Map<string, string> {
  const out = new Map<string, string>()
  for (const [key, value] of Object.entries(tree)) {
    if (typeof value === 'string') out.set(prefix + key, value)
    else for (const [k, v] of flat(value, `${prefix}${key}.`)) out.set(k, v)
  }
  return out
}

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? sources(join(folder, entry.name)) : /\.(vue|ts)$/.test(entry.name) && !entry.name.endsWith('.test.ts') ? [join(folder, entry.name)] : [],
  )
}

const [chinese, english] = [flat(zh as Tree), flat(en as Tree)]
const text = sources(fileURLToPath(new URL('..', import.meta.url))).map((file) => readFileSync(file, 'utf8')).join('\n')

describe('messages', () => {
  it('have the same keys in both languages', () => {
    expect([...english.keys()].sort()).toEqual([...chinese.keys()].sort())
  })

  it('have the same places for figures in both languages', () => {
    const places = (s: string): string[] => (s.match(/\{\w+\}/g) ?? []).sort()
    for (const [key, value] of chinese) expect(places(english.get(key) ?? ''), key).toEqual(places(value))
  })

  it('know every key a page asks for', () => {
    const asked = [...text.matchAll(/\bt\('([a-z][\w.]+)'/gi), ...text.matchAll(/\b(?:title|label): '([a-z]+\.\w+)'/gi)].map((m) => m[1] ?? '')
    expect(asked.length).toBeGreaterThan(150)
    expect([...new Set(asked)].filter((key) => !chinese.has(key))).toEqual([])
  })

  it('are the only words of templates: none stands there in one language', () => {
    const files = sources(fileURLToPath(new URL('..', import.meta.url))).filter((file) => file.endsWith('.vue'))
    expect(files.length).toBeGreaterThan(100)
    // The language switch names each language in itself.
    const found = files.filter((file) => !file.endsWith('LocaleSwitch.vue')).flatMap((file) => {
      const template = /<template>[\s\S]*<\/template>/.exec(readFileSync(file, 'utf8'))?.[0] ?? ''
      return (template.replace(/<!--[\s\S]*?-->/g, '').match(/[\u4e00-\u9fff]+/g) ?? []).map((word) => `${file}: ${word}`)
    })
    expect(found).toEqual([])
  })

  it('know every family of keys a page asks for by name', () => {
    const families = [...text.matchAll(/\bt\(`([\w.]+)\.\$\{/g)].map((m) => m[1] ?? '')
    expect(families.length).toBeGreaterThan(20)
    expect([...new Set(families)].filter((f) => ![...chinese.keys()].some((key) => key.startsWith(`${f}.`)))).toEqual([])
  })
})
