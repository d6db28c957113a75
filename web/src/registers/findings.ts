// Findings of the server at the inputs they belong to. A place is `name`, or `group[2].name` with rows counted from 1.

import type { Finding } from '@/api/types'
import type { Input } from './form'

export interface At {
  field: string
  row: number | null
  sub: string | null
}

const PLACE = /^([a-z][a-z0-9_]*)(?:\[(\d+)\](?:\.([a-z][a-z0-9_]*))?)?$/

/** The parts of a place; null where it is none. */
export function place(text: string): At | null {
  const match = PLACE.exec(text)
  if (!match) return null
  return { field: match[1] ?? '', row: match[2] === undefined ? null : Number(match[2]) - 1, sub: match[3] ?? null }
}

/** The findings of a field itself, without those of its rows. */
export function of(findings: readonly Finding[], field: string): Finding[] {
  return findings.filter((f) => f.field === field)
}

/** The findings of a group's cell. */
export function ofCell(findings: readonly Finding[], field: string, row: number, sub: string): Finding[] {
  return findings.filter((f) => f.field === `${field}[${row + 1}].${sub}`)
}

/** Everything found in a field, its rows included. */
export function within(findings: readonly Finding[], field: string): Finding[] {
  return findings.filter((f) => place(f.field)?.field === field)
}

/** Findings that no input of the form can show. */
export function elsewhere(findings: readonly Finding[], list: readonly Input[]): Finding[] {
  return findings.filter((f) => {
    const at = place(f.field)
    const input = at && list.find((i) => i.field.name === at.field)
    if (!at || !input) return true
    return at.sub !== null && !input.rows.some((r) => r.field.name === at.sub)
  })
}

/** Findings of what was touched already; a form that is being filled in is not scolded for what is still to come. */
export function touchedOnly(findings: readonly Finding[], touched: ReadonlySet<string>): Finding[] {
  return findings.filter((f) => touched.has(place(f.field)?.field ?? '') && f.code !== 'required')
}
