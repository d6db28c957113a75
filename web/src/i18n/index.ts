// Languages: Chinese by default, English on demand. A language's messages are loaded when they are first wanted.

import { computed } from 'vue'
import { createI18n } from 'vue-i18n'
import type { Bilingual } from '@/api/types'

export const LOCALES = ['zh-CN', 'en'] as const
export type Locale = (typeof LOCALES)[number]

const KEY = 'huanshu.locale'

export const i18n = createI18n({
  legacy: false,
  locale: 'zh-CN' as string,
  missingWarn: import.meta.env.DEV,
  fallbackWarn: false,
  messages: {} as Record<string, Record<string, string>>,
})

const loaders: Record<Locale, () => Promise<{ default: object }>> = {
  'zh-CN': () => import('./zh-CN'),
  en: () => import('./en'),
}

/** The language chosen before, else Chinese. */
export function rememberedLocale(): Locale {
  const stored = localStorage.getItem(KEY)
  return LOCALES.find((l) => l === stored) ?? 'zh-CN'
}

export async function setLocale(locale: Locale): Promise<void> {
  if (!i18n.global.availableLocales.includes(locale)) {
    i18n.global.setLocaleMessage(locale, (await loaders[locale]()).default as Record<string, string>)
  }
  i18n.global.locale.value = locale
  localStorage.setItem(KEY, locale)
  document.documentElement.lang = locale
}

export const english = computed(() => i18n.global.locale.value === 'en')

/** The words of a bilingual text in the chosen language. */
export function words(text: Bilingual | null | undefined): string {
  if (!text) return ''
  return english.value ? text.en : text.zh
}

/** The name of a thing; Chinese where it has no English one. */
export function nameOf(thing: { zh: string; en: string } | null | undefined): string {
  if (!thing) return ''
  return english.value && thing.en !== '' ? thing.en : thing.zh
}

/** A text of a thing in the chosen language: its `title`, or `title_en` where English is read and there is one. */
export function called<K extends string>(thing: ({ [P in K]?: string | null } & { [P in `${K}_en`]?: string | null }) | null | undefined, field: K): string {
  const own = (thing ?? {}) as Record<string, string | null | undefined>
  return (english.value ? own[`${field}_en`] : null) ?? own[field] ?? ''
}

/** Words in a row, as the language writes them. */
export function listed(items: readonly string[]): string {
  return items.join(english.value ? ', ' : '、')
}

/** The name of a factor. */
export function factorName(thing: { name_zh: string; name_en: string }): string {
  return english.value && thing.name_en !== '' ? thing.name_en : thing.name_zh
}
