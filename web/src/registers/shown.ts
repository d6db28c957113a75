// A value as people read it: codes by name, places by their figures, missing as «—».

import type { Bilingual, Field } from '@/api/types'
import { MISSING, measured, minuteTime, unitText } from '@/lib/format'
import { type Input, blank } from './form'

export interface Words {
  name: (thing: Bilingual) => string
  unit: (code: string) => string
  yes: string
  no: string
  /** Separator between several values. */
  join: (parts: string[]) => string
  rows: (n: number) => string
  points: (n: number) => string
}

function positions(coordinates: unknown): number {
  if (!Array.isArray(coordinates)) return 0
  return typeof coordinates[0] === 'number' ? 1 : coordinates.reduce((sum: number, part) => sum + positions(part), 0)
}

function one(input: Input, value: unknown, words: Words): string {
  const { field } = input
  switch (field.type) {
    case 'choice': {
      const code = input.codes.find((c) => c.code === value)
      return code ? words.name(code) : String(value)
    }
    case 'boolean':
      return value === true ? words.yes : words.no
    case 'unit':
      return words.unit(String(value))
    case 'instant':
      return minuteTime(String(value))
    case 'integer':
    case 'decimal':
      return measured(String(value), field.unit)
    case 'file':
      return (value as { name?: string }).name ?? MISSING
    case 'point':
    case 'line':
    case 'area': {
      const geometry = value as { coordinates?: unknown }
      return field.type === 'point' ? (geometry.coordinates as number[] | undefined)?.join(', ') ?? MISSING : words.points(positions(geometry.coordinates))
    }
    default:
      return String(value)
  }
}

/** One value, or several of a repeatable field, or how many rows a group has. */
export function shown(input: Input, value: unknown, words: Words): string {
  if (blank(value)) return MISSING
  if (input.field.type === 'group') return words.rows((value as unknown[]).length)
  if (Array.isArray(value)) return words.join(value.map((v) => one(input, v, words)))
  return one(input, value, words)
}

/** The range a number or date may have, as people read it, without the unit where that stands beside it; empty where it has none. */
export function range(field: Field, withUnit = true): string {
  const unit = field.unit && withUnit ? ` ${unitText(field.unit)}` : ''
  if (field.min != null && field.max != null) return `${field.min} – ${field.max}${unit}`
  if (field.min != null) return `≥ ${field.min}${unit}`
  if (field.max != null) return `≤ ${field.max}${unit}`
  return ''
}
