// What a list is made of: columns and filters as data.

import type { Page } from '@/api/types'

export interface Column<T> {
  key: string
  /** Message key of the title. */
  title: string
  /** The title itself, where it comes from data. */
  name?: string
  /** As text: shown unless the page fills the slot `cell-<key>`, and always what the export writes. */
  text: (row: T) => string
  /** Name the server sorts by; with `-` where it sorts downwards only. */
  sort?: string
  align?: 'right'
  /** CSS width. */
  width?: string
  /** Only in the export: on the screen another column says it. */
  exportOnly?: boolean
}

export interface Filter {
  key: string
  /** Message key of the label. */
  label: string
  /** The label itself, where it comes from data. */
  name?: string
  /**
   * `pinned` comes with a link; it is shown and can be taken away. `dates` and `numbers` write `<key>.from` and
   * `<key>.to`, `until` the end of a day, `flag` is on or off.
   */
  type: 'text' | 'select' | 'multi' | 'range' | 'since' | 'pinned' | 'dates' | 'numbers' | 'until' | 'flag'
  options?: { value: string; label: string }[]
  width?: string
}

/** Names a filter writes into the address. */
export function keysOf(f: Filter): string[] {
  if (f.type === 'range') return ['from', 'to']
  if (f.type === 'since') return ['from']
  return f.type === 'dates' || f.type === 'numbers' ? [`${f.key}.from`, `${f.key}.to`] : [f.key]
}

/** Query of a list as it stands in the address. */
export type ListQuery = Record<string, string>

export type Load<T> = (query: ListQuery & { page: number; page_size: number; sort?: string }) => Promise<Page<T>>

/** Rows an export fetches at most: 200 × 50. */
export const EXPORT_ROWS = 10_000
/** Rows a page, at most what the server gives and the page draws at once. */
export const PAGE_SIZES = [20, 50, 100, 200] as const

/** One page of a list that is there as a whole. */
export function paged<T>(all: readonly T[], query: { page: number; page_size: number }): Page<T> {
  const from = (query.page - 1) * query.page_size
  return { items: all.slice(from, from + query.page_size), total: all.length, page: query.page, page_size: query.page_size }
}
