// A raw frame as the archive shows it, cut into pieces so that the bytes a diagnosis speaks of can be marked.

/** A run of text. `marks` names the diagnoses (by index) that point at its first byte. */
export interface Piece {
  text: string
  /** Offset of its first byte. */
  at: number
  marks: number[]
}

/** Names of the factors of a frame, given as a list of names or as a table by name. */
export function factorNames(factors: readonly string[] | Readonly<Record<string, unknown>>): string[] {
  return Array.isArray(factors) ? [...factors] : Object.keys(factors)
}

const encoder = new TextEncoder()
/** A byte that is no UTF-8 is written `\xNN` and counts as one. */
const UNIT = /\\x[0-9A-Fa-f]{2}|[\s\S]/gu

/** Cuts the frame at each marked byte; a mark beyond its end stands on an empty last piece. */
export function pieces(raw: string, marks: readonly (number | null | undefined)[]): Piece[] {
  const out: Piece[] = []
  const wanted = new Map<number, number[]>()
  marks.forEach((at, index) => {
    if (at != null) wanted.set(at, [...(wanted.get(at) ?? []), index])
  })
  let at = 0
  let open: Piece | null = null
  for (const [unit] of raw.matchAll(UNIT)) {
    const length = unit.length === 4 && unit.startsWith('\\x') ? 1 : encoder.encode(unit).length
    const here: number[] = []
    for (let i = at; i < at + length; i += 1) {
      here.push(...(wanted.get(i) ?? []))
      wanted.delete(i)
    }
    if (here.length > 0) {
      open = null
      out.push({ text: visible(unit), at, marks: here })
    } else if (open) {
      open.text += visible(unit)
    } else {
      open = { text: visible(unit), at, marks: [] }
      out.push(open)
    }
    at += length
  }
  const rest = [...wanted.values()].flat()
  if (rest.length > 0) out.push({ text: '', at, marks: rest })
  return out
}

function visible(unit: string): string {
  if (unit === '\r') return '\\r'
  if (unit === '\n') return '\\n'
  return unit
}
