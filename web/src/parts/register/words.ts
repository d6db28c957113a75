// The words with which values are shown, in the reader's language.

import { useI18n } from 'vue-i18n'
import { english, listed, nameOf } from '@/i18n'
import type { Words } from '@/registers/shown'
import { unitName } from '@/state/session'

/** A title with the names of units in place of their codes, which is all the title's maker had. */
export function titleOf(title: string): string {
  return title.split(' · ').map((part) => unitName(part, english.value) || part).join(' · ')
}

export function useWords(): Words {
  const { t } = useI18n()
  return {
    name: (thing) => nameOf(thing),
    unit: (code) => unitName(code, english.value),
    get yes() {
      return t('registers.yes')
    },
    get no() {
      return t('registers.no')
    },
    join: listed,
    rows: (n) => t('registers.rows', { n }),
    points: (n) => t('registers.points', { n }),
  }
}
