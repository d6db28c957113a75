import { expect, it } from 'vitest'
import { i18n } from '@/i18n'
import { airItem, roman, unitEnglish, waterItem } from './names'

it('names AQI items', () => {
  expect(['pm25_1h', 'pm10_24h', 'o3_1h', 'o3_8h', 'co_1h', 'xyz_1h'].map(airItem)).toEqual(['PM2.5', 'PM10', 'O₃', 'O₃-8h', 'CO', 'xyz_1h'])
})

it('names water items in both languages', () => {
  expect(waterItem({ item: 'codmn', zh: '高锰酸盐指数' }, false)).toBe('高锰酸盐指数')
  expect(waterItem({ item: 'codmn', zh: '高锰酸盐指数' }, true)).toBe('Permanganate index')
})

it('writes classes in their own numerals, and the worst in the language chosen', () => {
  expect(['I', 'II', 'III', 'IV', 'V', '劣V'].map(roman)).toEqual(['Ⅰ', 'Ⅱ', 'Ⅲ', 'Ⅳ', 'Ⅴ', '劣Ⅴ'])
  i18n.global.locale.value = 'en'
  expect(['III', '劣V'].map(roman)).toEqual(['Ⅲ', '>Ⅴ'])
  i18n.global.locale.value = 'zh-CN'
})

it('writes units of measure in English', () => {
  expect(['t', '户', '个', '万元', '元/t', '万元/亩', '万m³', 'tce/万元', '吨', '株/m²', '个百分点', '亿元', '万吨'].map(unitEnglish)).toEqual(['t', 'households', '', '×10⁴ yuan', 'yuan/t', '×10⁴ yuan/mu', '×10⁴ m³', 'tce/×10⁴ yuan', 't', 'plants/m²', 'percentage points', '×10⁸ yuan', '×10⁴ t'])
})
