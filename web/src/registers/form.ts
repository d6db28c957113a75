// The form of a record as it follows from the register's definition. Pure: no page, no request, no register's name.

import type { Body, Code, Field, RegisterView } from '@/api/types'

/** One input of the form. */
export interface Input {
  field: Field
  /** `name`, or `group.name` within a group: the key of its code list. */
  key: string
  /** Codes a choice may have; empty for everything else. */
  codes: Code[]
  /** Inputs of a group's rows. */
  rows: Input[]
}

function input(view: Pick<RegisterView, 'codes'>, field: Field, group: string | null): Input {
  const key = group === null ? field.name : `${group}.${field.name}`
  const codes = field.type === 'choice' ? (view.codes[key] ?? field.choices ?? []) : []
  return { field, key, codes, rows: (field.fields ?? []).map((sub) => input(view, sub, field.name)) }
}

/** A copy that shares nothing; values are plain JSON, whoever watches them. */
export function copy<T>(value: T): T {
  return value === undefined ? value : (JSON.parse(JSON.stringify(value)) as T)
}

/** All inputs in the order of the definition; computed ones among them, to be shown but not entered. */
export function inputs(view: Pick<RegisterView, 'codes' | 'definition'>): Input[] {
  return view.definition.field.map((field) => input(view, field, null))
}

/** Whether nothing was entered. */
export function blank(value: unknown): boolean {
  if (value === null || value === undefined) return true
  if (typeof value === 'string') return value.trim() === ''
  if (Array.isArray(value)) return value.every((v) => (typeof v === 'object' && v !== null && !Array.isArray(v) ? Object.values(v).every(blank) : blank(v)))
  return false
}

/** The body without rows that say nothing; the form does so before it asks, so that findings name the right row. */
export function pruned(list: Input[], body: Body): Body {
  const out = { ...body }
  for (const { field } of list) {
    if (field.type === 'group' && Array.isArray(out[field.name])) out[field.name] = (out[field.name] as Body[]).filter((row) => !Object.values(row).every(blank))
  }
  return out
}

/** A body as it is sent: nothing empty, no computed value. */
export function sent(list: Input[], body: Body): Body {
  const out: Body = {}
  for (const { field, rows } of list) {
    const value = body[field.name]
    if (field.computed || blank(value)) continue
    out[field.name] = field.type === 'group' ? (value as Body[]).map((row) => sent(rows, row)) : value
  }
  return out
}

/** Equal as values: the order of an object's keys says nothing. */
export function same(a: unknown, b: unknown): boolean {
  if (blank(a) && blank(b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b
  if (Array.isArray(a) !== Array.isArray(b)) return false
  const [x, y] = [a as Body, b as Body]
  const keys = new Set([...Object.keys(x), ...Object.keys(y)])
  return [...keys].every((key) => same(x[key], y[key]))
}

/** What a form changed: new values, and null where a value was taken away. */
export function changed(list: Input[], before: Body, after: Body): Body {
  const [old, now] = [sent(list, before), sent(list, after)]
  const out: Body = {}
  for (const { field } of list) {
    if (field.computed || same(old[field.name], now[field.name])) continue
    out[field.name] = now[field.name] ?? null
  }
  return out
}

/** A new record's body: what the definition gives where nothing is entered. */
export function fresh(list: Input[]): Body {
  const out: Body = {}
  for (const { field } of list) {
    if (field.default != null && !field.computed) out[field.name] = copy(field.default)
  }
  return out
}

/** A field that two persons changed since both had read the same version. */
export interface Collision {
  field: Field
  /** Only the other one changed it: their value stands unless somebody decides otherwise. */
  mineToo: boolean
  base: unknown
  mine: unknown
  theirs: unknown
}

/** Where somebody else's version differs from the one this form began with. */
export function collisions(list: Input[], base: Body, mine: Body, theirs: Body): Collision[] {
  return list
    .map(({ field }) => ({ field, base: base[field.name], mine: mine[field.name], theirs: theirs[field.name] }))
    .filter((c) => !c.field.computed && !same(c.base, c.theirs) && !same(c.mine, c.theirs))
    .map((c) => ({ ...c, mineToo: !same(c.base, c.mine) }))
}

/** The form on top of the other's version; `keep` names the fields in which one's own value is to stand. */
export function rebased(list: Input[], base: Body, mine: Body, theirs: Body, keep: ReadonlySet<string>): Body {
  const out: Body = { ...theirs }
  for (const { field } of list) {
    const name = field.name
    const othersTouched = !same(base[name], theirs[name])
    const iTouched = !same(base[name], mine[name])
    if (iTouched && (!othersTouched || keep.has(name))) {
      if (blank(mine[name])) delete out[name]
      else out[name] = mine[name]
    }
  }
  return out
}
