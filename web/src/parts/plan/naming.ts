// Names of the fields and codes an imported plan has, in the reader's language; what has no name stays as it is.

import { useI18n } from 'vue-i18n'
import type { Naming } from './entries'

const SIGN: Record<string, string> = { '≥': 'at_least', '≤': 'at_most', '>': 'more', '<': 'less', '=': 'equal', '≈': 'about' }

export function useNaming(): Naming {
  const { t, te } = useI18n()
  return {
    field: (name) => (te(`plan.field.${name}`) ? t(`plan.field.${name}`) : name),
    code: (_field, value) => {
      const key = `plan.codes.${SIGN[value] ?? value}`
      return SIGN[value] !== undefined ? value : te(key) ? t(key) : value
    },
  }
}
