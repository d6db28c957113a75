// Labels of things (标签): what their two-dimensional code says, how large they are, and which values stand beside it.

import type { Body, Field, RegisterView } from '@/api/types'
import { blank } from './form'

type Defined = Pick<RegisterView, 'definition'>
const TEXTS = ['text', 'credit_code', 'permit_code']

/** The field whose value alone names the thing, such as 数字识别码 of a container; null where it takes several. */
export function codeField(view: Defined): Field | null {
  for (const key of view.definition.key ?? []) {
    const field = key.fields.length === 1 ? view.definition.field.find((f) => f.name === key.fields[0]) : undefined
    if (field && TEXTS.includes(field.type)) return field
  }
  return null
}

/** What the code says: the thing's own number, or the address of its page. */
export function codeText(view: Defined, body: Body, page: string): string {
  const field = codeField(view)
  const value = field ? body[field.name] : undefined
  return typeof value === 'string' && value.trim() !== '' ? value : page
}

/** Sides to choose from, mm. */
export const SIDES = [60, 100, 150, 200] as const

/** The least side a thing asks for by its field `label_side` (mm); 100 where it says nothing. */
export function leastSide(body: Body): number {
  const asked = Number(body.label_side ?? 0)
  return SIDES.find((side) => side >= asked && (asked > 0 || side === 100)) ?? 200
}

/** Fields that can stand on a label: one value, a few words. */
export function printable(view: Defined): Field[] {
  return view.definition.field.filter((f) => !['group', 'file', 'point', 'line', 'area'].includes(f.type))
}

/** What stands there until somebody chooses: what names the thing and what it must have, not its number once more. */
export function usual(view: Defined): string[] {
  const code = codeField(view)?.name
  return printable(view).filter((f) => f.name !== code && f.name !== 'label_side' && (f.required || view.definition.title.includes(f.name))).map((f) => f.name).slice(0, 12)
}

/** Values of a label, those that are there. */
export function filled(fields: readonly Field[], chosen: readonly string[], body: Body): Field[] {
  return fields.filter((f) => chosen.includes(f.name) && !blank(body[f.name]))
}
