// What a unit is asked for in a round, with the names of the things asked for in the chosen language.

import type { UnitView } from '@/api/plan'
import type { Body } from '@/api/types'
import { called } from '@/i18n'

/** One row of a return. */
export interface AskedRow {
  kind: string
  item: string
  /** Name of the task, indicator or project; empty where it is not known. */
  name: string
  /** Where it stands, as the platform knows it. */
  stands: string
  /** Unit of an indicator. */
  unit: string
  /** Address of its page. */
  to: string
  row: Body
}

/** Whether a row says something: a figure or a text. */
export function filled(row: Body): boolean {
  return ['percent', 'value', 'text'].some((name) => row[name] !== undefined && row[name] !== null && String(row[name]).trim() !== '')
}

/** Rows of a return in their order, each with what it is about. */
export function askedRows(items: readonly Body[], desk: UnitView | null, percent: (share: string | null | undefined) => string): AskedRow[] {
  const tasks = new Map([...(desk?.leads ?? []), ...(desk?.with ?? []), ...(desk?.town_tasks ?? [])].map((row) => [row.id, row]))
  return items.map((row) => {
    const [kind, item] = [String(row.kind ?? ''), String(row.item ?? '')]
    const empty = { kind, item, name: '', stands: '', unit: '', to: '', row }
    if (kind === 'task') {
      const task = tasks.get(item)
      return { ...empty, name: called(task, 'title'), stands: task ? percent(task.progress) : '', to: `/plan/tasks/${item}` }
    }
    if (kind === 'indicator') {
      const found = desk?.indicators.find((i) => String(i.no) === item)
      return { ...empty, name: called(found, 'name'), stands: found?.current ?? '', unit: called(found, 'unit'), to: `/plan/indicators?no=${item}` }
    }
    if (kind === 'project') {
      const found = desk?.projects.find((p) => p.id === item)
      return { ...empty, name: found?.name ?? '', stands: found ? percent(found.progress) : '', to: `/registers/plan_project/${encodeURIComponent(item)}` }
    }
    return empty
  })
}
