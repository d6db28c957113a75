import { expect, it } from 'vitest'
import { i18n } from '@/i18n'
import { airItem, roman, waterItem } from './names'

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
