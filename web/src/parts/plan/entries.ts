// What the importer read, as entries of one list with their fields, whatever the list. Pure.

export interface Entry {
  id: string
  title: string
  line: number
  fields: [name: string, value: unknown][]
  /** Fields in which nothing was read; they can be filled in. */
  empty: string[]
}

type Raw = Record<string, unknown>

/** The field an entry is named and corrected by. */
const ID: Record<string, string> = { tasks: 'id', indicators: 'no', chapters: 'no', units: 'name', baseline: 'id' }
/** Shown in the head of an entry, not among its fields. */
const HEAD = new Set(['id', 'no', 'line', 'section'])

/** The order in which fields are read; what is not named here comes after. */
const ORDER = ['kind', 'title', 'name', 'text', 'lead', 'cooperating', 'units', 'implementing', 'notes', 'targets', 'unit', 'base', 'target', 'direction', 'note', 'comparator', 'value', 'upper', 'deadline', 'due', 'year', 'against', 'against_year', 'period', 'derived', 'printed', 'area', 'quantities', 'figures', 'projects', 'firms', 'places', 'documents', 'standards', 'sections', 'aliases', 'code', 'base_kind', 'target_kind', 'base_year', 'target_year', 'comparable', 'starred', 'group', 'numbered', 'count']
/** Names of fields in reading order. */
export function ordered<T>(fields: [string, T][]): [string, T][] {
  const place = (name: string): number => (ORDER.includes(name) ? ORDER.indexOf(name) : ORDER.length)
  return [...fields].sort(([a], [b]) => place(a) - place(b))
}

export function nothing(value: unknown): boolean {
  return value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0)
}

/** Entries of a list of the document. */
export function entries(document: Raw, list: string): Entry[] {
  const rows = document[list]
  if (!Array.isArray(rows)) return []
  return (rows as Raw[]).map((row) => {
    const id = row[ID[list] ?? '']
    const fields = ordered(Object.entries(row).filter(([key]) => !HEAD.has(key) && key !== ID[list]))
    return {
      id: id === undefined ? '' : String(id),
      title: String(row.title ?? row.name ?? ''),
      line: typeof row.line === 'number' ? row.line : 0,
      fields: fields.filter(([, value]) => !nothing(value)),
      empty: fields.filter(([, value]) => nothing(value)).map(([key]) => key),
    }
  })
}

/** How names of fields and codes are told to people. */
export interface Naming {
  field: (name: string) => string
  code: (field: string, value: string) => string
}

/** Fields with codes, and the codes; a field of rows is named with the list it stands in. */
const COMPARE = ['≥', '≤', '>', '<', '=', '≈', 'range', 'reduce_by', 'increase_by', 'improve_by']
const TARGET = ['value', 'assigned', 'qualitative', 'figure']
const CELL = ['number', 'five_year_cut', 'none', 'assigned', 'qualitative']
export const CODES: Record<string, readonly string[]> = {
  'notes.kind': ['lead_cooperate', 'lead', 'responsible', 'by_duty'],
  ...Object.fromEntries(['targets', 'quantities', 'figures'].flatMap((list) => [...(list === 'figures' ? [] : [[`${list}.kind`, TARGET]]), [`${list}.comparator`, COMPARE]])),
  kind: ['binding', 'expected'],
  direction: ['lower', 'higher', 'zero', 'keep', 'cumulative', 'unknown'],
  base_kind: CELL,
  target_kind: CELL,
}

/** A value as one reads it: texts as they are, codes by their words, lists joined, rows with the names of their fields. */
export function shownValue(value: unknown, naming: Naming, field = ''): string {
  if (nothing(value)) return ''
  if (Array.isArray(value)) return value.map((v) => shownValue(v, naming, field)).join('；')
  if (typeof value === 'object') {
    return ordered(Object.entries(value as Raw))
      .filter(([key, v]) => key !== 'line' && !nothing(v))
      .map(([key, v]) => (key === 'text' || key === 'title' ? shownValue(v, naming, `${field}.${key}`) : `${naming.field(key)} ${shownValue(v, naming, `${field}.${key}`)}`))
      .join('，')
  }
  const text = String(value)
  return typeof value === 'boolean' || CODES[field]?.includes(text) ? naming.code(field, text) : text
}

const TARGET_ROW: Raw = { text: '', name: '', kind: 'value', value: null, upper: null, unit: null, comparator: null, deadline: null, due: null, area: null, line: 0 }
/** What a new row of a list in an entry begins with. */
const ROWS: Record<string, Raw> = {
  notes: { kind: 'lead', lead: [], cooperating: [], units: [], implementing: [], text: '', line: 0 },
  targets: TARGET_ROW,
  quantities: { ...TARGET_ROW, kind: 'figure' },
  figures: { text: '', name: '', printed: '', value: null, unit: null, comparator: null, year: null, against: null, against_year: null, period: null, area: null, derived: null, line: 0 },
  sections: { no: 0, title: '', text: '', line: 0 },
}
const TEXTS = ['projects', 'firms', 'places', 'documents', 'standards', 'aliases', 'lead', 'cooperating', 'units', 'implementing']

/** What kind of input a value takes: one text, a text a line, rows of fields, yes or no. */
export function shape(field: string, value: unknown): 'text' | 'texts' | 'rows' | 'flag' {
  const name = field.split('.').at(-1) ?? field
  if (typeof value === 'boolean') return 'flag'
  if (name in ROWS && (nothing(value) || Array.isArray(value))) return 'rows'
  if (Array.isArray(value) || (TEXTS.includes(name) && nothing(value))) return 'texts'
  return 'text'
}

export const freshRow = (field: string): Raw => JSON.parse(JSON.stringify(ROWS[field] ?? {})) as Raw

/** What was typed, as the value it stands for: a number stays a number, nothing is nothing. */
export function typed(text: string, before: unknown): string | number | null {
  const trimmed = text.trim()
  if (trimmed === '') return typeof before === 'string' ? '' : null
  return typeof before !== 'string' && /^-?\d+(\.\d+)?$/.test(trimmed) ? Number(trimmed) : trimmed
}
