// Filters of a register's list as they stand in the address: the same names the endpoint takes.

import type { Field, RegisterView, TallyFigure } from '@/api/types'
import { type Input, inputs } from './form'

/** How a field is filtered. */
export type FilterKind = 'codes' | 'units' | 'yesno' | 'span' | 'exact'

/** Null where a field cannot be a filter: several values in one cell are, rows and places and files are not. */
export function filterKind(field: Field): FilterKind | null {
  switch (field.type) {
    case 'choice':
      return 'codes'
    case 'unit':
      return 'units'
    case 'boolean':
      return 'yesno'
    case 'date':
    case 'instant':
    case 'integer':
    case 'decimal':
      return 'span'
    case 'text':
    case 'reference':
    case 'credit_code':
    case 'permit_code':
      return 'exact'
    default:
      return null
  }
}

/** Fields that may be filters, with how. */
export function filterable(view: Pick<RegisterView, 'codes' | 'definition'>): { input: Input; kind: FilterKind }[] {
  return inputs(view).flatMap((input) => {
    const kind = filterKind(input.field)
    return kind === null ? [] : [{ input, kind }]
  })
}

const FIXED = ['q', 'state', 'overdue', 'unit', 'demo', 'as_of', 'figure'] as const

export type Query = Record<string, unknown>

/** What of an address says which records are meant; paging, sorting and what is open beside the list do not. */
export function chosen(query: Query): Record<string, string> {
  const out: Record<string, string> = {}
  for (const [key, value] of Object.entries(query)) {
    if (typeof value !== 'string' || value === '') continue
    if ((FIXED as readonly string[]).includes(key) || /^where\.[a-z]/.test(key)) out[key] = value
  }
  return out
}

/** Names of the fields an address filters by, in its order. */
export function fieldsIn(query: Query): string[] {
  const names = Object.keys(chosen(query)).flatMap((key) => /^where\.([a-z][a-z0-9_]*)(?:\.(?:from|to))?$/.exec(key)?.[1] ?? [])
  return [...new Set(names)]
}

/** Filters as the query of a link or file. */
export function search(filters: Record<string, string>): string {
  const text = new URLSearchParams(filters).toString()
  return text === '' ? '' : `?${text}`
}

/** How a list is asked for the records behind a figure: a counter by its name, a rate with `rate.` before it. */
export function figureKey(figure: Pick<TallyFigure, 'name' | 'numerator'>): string {
  return figure.numerator == null ? figure.name : `rate.${figure.name}`
}
