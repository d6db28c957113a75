// Exact comparison of decimals as the server sends them (text), so that no float decides whether a limit is kept.

const SHAPE = /^([+-]?)(\d*)(?:\.(\d*))?$/

interface Parts {
  negative: boolean
  whole: string
  fraction: string
}

function parts(text: string): Parts | null {
  const match = SHAPE.exec(text.trim())
  if (!match) return null
  const whole = (match[2] ?? '').replace(/^0+/, '')
  const fraction = (match[3] ?? '').replace(/0+$/, '')
  if ((match[2] ?? '') === '' && (match[3] ?? '') === '') return null
  return { negative: match[1] === '-' && (whole !== '' || fraction !== ''), whole, fraction }
}

function magnitude(a: Parts, b: Parts): number {
  if (a.whole.length !== b.whole.length) return a.whole.length < b.whole.length ? -1 : 1
  if (a.whole !== b.whole) return a.whole < b.whole ? -1 : 1
  const length = Math.max(a.fraction.length, b.fraction.length)
  const [x, y] = [a.fraction.padEnd(length, '0'), b.fraction.padEnd(length, '0')]
  return x === y ? 0 : x < y ? -1 : 1
}

/** −1, 0 or 1; null where one of them is no plain decimal. */
export function compareDecimal(a: string, b: string): number | null {
  const [x, y] = [parts(a), parts(b)]
  if (!x || !y) return null
  if (x.negative !== y.negative) return x.negative ? -1 : 1
  const order = magnitude(x, y)
  return x.negative ? (order === 0 ? 0 : -order) : order
}

/** Whether a value lies beyond its limits; a value that is missing is beyond nothing. */
export function beyond(value: string | null | undefined, max?: string | null, min?: string | null): boolean {
  if (value == null) return false
  if (max != null && compareDecimal(value, max) === 1) return true
  return min != null && compareDecimal(value, min) === -1
}
