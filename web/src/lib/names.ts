// Names people use for the short keys of the contract: items of AQI and water classes, classes in their own numerals.

import { english } from '@/i18n'

/** AQI items without their averaging period. */
const AIR: Record<string, string> = { pm25: 'PM2.5', pm10: 'PM10', so2: 'SO₂', no2: 'NO₂', o3: 'O₃', co: 'CO', nox: 'NOx', no: 'NO', tsp: 'TSP' }

/** Name of an AQI item: `pm25_1h` → `PM2.5`, `o3_8h` → `O₃-8h`; a key nobody knows stays as it is. */
export function airItem(key: string): string {
  const [item = '', period] = key.split('_')
  const name = AIR[item]
  if (!name) return key
  return period === '8h' ? `${name}-8h` : name
}

const WATER_EN: Record<string, string> = {
  ph: 'pH', do: 'Dissolved oxygen', codmn: 'Permanganate index', cod: 'COD', bod5: 'BOD₅', nh3n: 'NH₃-N', tp: 'Total P', tn: 'Total N',
  cu: 'Copper', zn: 'Zinc', f: 'Fluoride', se: 'Selenium', as: 'Arsenic', hg: 'Mercury', cd: 'Cadmium', cr6: 'Chromium (VI)', pb: 'Lead', cn: 'Cyanide',
  phenol: 'Volatile phenol', oil: 'Petroleum', las: 'Anionic surfactant', s: 'Sulfide', ecoli: 'Faecal coliforms',
}

/** Name of an item that decides a water class. */
export function waterItem(item: { item: string; zh: string }, english: boolean): string {
  return english ? (WATER_EN[item.item] ?? item.item) : item.zh
}

/** A water class in its own numerals: `III` → `Ⅲ`, `劣V` → `劣Ⅴ`, in English `>Ⅴ`: worse than the fifth. */
export function roman(name: string): string {
  const said = english.value ? name.replace(/^劣/, '>') : name
  return said.replace(/[IV]+$/, (letters) => ({ I: 'Ⅰ', II: 'Ⅱ', III: 'Ⅲ', IV: 'Ⅳ', V: 'Ⅴ' })[letters] ?? letters)
}

/** Words for counted things; what English counts without a word has none. */
const COUNTED: Record<string, string> = {
  人: 'people', 户: 'households', 辆: 'vehicles', 眼: 'wells', 株: 'plants', 头只: 'head', 趟: 'trips', 分: 'points', 天: 'd', 日: 'd', 月: 'months', 小时: 'h',
  学时: 'class hours', 台: '', 家: '', 家次: '', 个百分点: 'percentage points', 个: '', 件: '', 项: '', 份: '', 组: '', 块: '', 单: '', 次: '', 处: '', 条: '', 期: '', 轮: '',
}
const MEASURED: [RegExp, string][] = [[/亿元/, '×10⁸ yuan'], [/元/, 'yuan'], [/亩/, 'mu'], [/平方公里/, 'km²'], [/公里/, 'km'], [/吨/, 't'], [/当量/, 'equivalent'], [/株/, 'plants'], [/万/, '×10⁴ ']]

/** A unit of measure as English writes it: `万元/亩` → `×10⁴ yuan/mu`, `户` → `households`. */
export function unitEnglish(unit: string): string {
  return COUNTED[unit] ?? MEASURED.reduce((text, [zh, en]) => text.replace(zh, en), unit)
}
