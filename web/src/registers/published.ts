// Values the public sees, as they are written in a cell.

import type { Bilingual, PublicColumn } from '@/api/types'
import { nameOf } from '@/i18n'
import { MISSING, unitText } from '@/lib/format'

/** Kinds of values that are not broken over lines. */
export const WHOLE = ['date', 'instant', 'integer', 'decimal', 'point', 'credit_code', 'permit_code', 'boolean']

/** One value with its unit. */
export function publicText(shown: Record<string, Bilingual>, column: PublicColumn): string {
  const value = nameOf(shown[column.field])
  if (!value) return MISSING
  return column.unit ? `${value} ${unitText(column.unit)}` : value
}
