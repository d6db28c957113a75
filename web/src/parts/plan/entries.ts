// What the importer read, as entries of one list with their fields, whatever the list.

export interface Entry {
  id: string
  title: string
  line: number
  fields: [name: string, value: unknown][]
}

type Raw = Record<string, unknown>

/** The field an entry is named and corrected by. */
const ID: Record<string, string> = { tasks: 'id', indicators: 'no', chapters: 'no', units: 'name', baseline: 'id' }
/** Shown in the head of an entry, not among its fields. */
const HEAD = new Set(['id', 'no', 'line', 'section'])

function empty(value: unknown): boolean {
  return value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0)
}

/** Entries of a list of the document; fields without a value are left out. */
export function entries(document: Raw, list: string): Entry[] {
  const rows = document[list]
  if (!Array.isArray(rows)) return []
  return (rows as Raw[]).map((row) => {
    const id = row[ID[list] ?? '']
    return {
      id: id === undefined ? '' : String(id),
      title: String(row.title ?? row.name ?? row.kind ?? ''),
      line: typeof row.line === 'number' ? row.line : 0,
      fields: Object.entries(row).filter(([key, value]) => !HEAD.has(key) && !empty(value)),
    }
  })
}

/** A value as one reads it: texts as they are, lists of texts joined, everything else as JSON. */
export function shownValue(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'string') return value
  if (Array.isArray(value)) return value.map((v) => (typeof v === 'string' ? v : compact(v))).join('；')
  return compact(value)
}

function compact(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value)
  return Object.entries(value)
    .filter(([key, v]) => key !== 'line' && !empty(v))
    .map(([key, v]) => `${key}: ${shownValue(v)}`)
    .join(', ')
}
