import { afterAll, describe, expect, it } from 'vitest'
import { called, nameOf, setLocale } from './index'

// There is no browser here: what a chosen language leaves behind goes nowhere.
Object.assign(globalThis, { localStorage: { setItem: () => undefined }, document: { documentElement: {} } })

describe('names in the chosen language', () => {
  const indicator = { name: '森林覆盖率', name_en: 'Forest cover', unit: '个', unit_en: '', state: '稳中向好', state_en: null }
  afterAll(() => setLocale('zh-CN'))

  it('are Chinese first', async () => {
    await setLocale('zh-CN')
    expect([called(indicator, 'name'), called(indicator, 'unit'), called(indicator, 'state')]).toEqual(['森林覆盖率', '个', '稳中向好'])
  })

  it('are English where English is read and there is one; a unit may have no word in it', async () => {
    await setLocale('en')
    expect([called(indicator, 'name'), called(indicator, 'unit'), called(indicator, 'state')]).toEqual(['Forest cover', '', '稳中向好'])
    expect(called({ title: '测试区规划' }, 'title')).toBe('测试区规划')
    expect(called(null as { name?: string } | null, 'name')).toBe('')
    expect(nameOf({ zh: '水利局', en: '' })).toBe('水利局')
  })
})
