// 二维码 (GB/T 18284, ISO/IEC 18004): a text as black and white modules, error correction level M, versions 1 to 10.

/** Black is true; row by row, without the quiet zone. */
export type Modules = boolean[][]

/** White modules around the symbol that the standard asks for. */
export const QUIET = 4

const MOST = 10
// Level M: error correction codewords a block and number of blocks, by version from 1.
const CHECK = [10, 16, 26, 18, 24, 16, 18, 22, 22, 26]
const BLOCKS = [1, 1, 1, 2, 2, 4, 4, 4, 5, 5]
/** Level M in the format information. */
const LEVEL = 0b00
const LETTERS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:'

const at = (list: ArrayLike<number>, n: number): number => list[n] ?? 0

// ---- arithmetic in GF(256), polynomial x⁸+x⁴+x³+x²+1

const EXP: number[] = []
const LOG: number[] = []
for (let n = 0, x = 1; n < 255; n += 1) {
  EXP[n] = x
  LOG[x] = n
  x = x & 128 ? (x << 1) ^ 0x11d : x << 1
}
const times = (a: number, b: number): number => (a === 0 || b === 0 ? 0 : at(EXP, (at(LOG, a) + at(LOG, b)) % 255))

/** The remainder of the data by the generator polynomial of `length` roots. */
export function checkWords(data: readonly number[], length: number): number[] {
  let generator = [1]
  for (let root = 0; root < length; root += 1) {
    const next = [...generator, 0]
    generator.forEach((c, i) => (next[i + 1] = at(next, i + 1) ^ times(c, at(EXP, root))))
    generator = next
  }
  const rest = [...data, ...Array<number>(length).fill(0)]
  for (let i = 0; i < data.length; i += 1) {
    const factor = at(rest, i)
    if (factor !== 0) generator.forEach((c, k) => (rest[i + k] = at(rest, i + k) ^ times(c, factor)))
  }
  return rest.slice(data.length)
}

// ---- data

/** Modules for data and correction, function patterns taken off. */
function room(version: number): number {
  const side = version * 4 + 17
  const marks = centres(version).length
  const alignment = version === 1 ? 0 : (marks * marks - 3) * 25 - (marks - 2) * 2 * 5
  // Finders with separators and formats, timing, the dark module among the format bits; versions stand from 7 on.
  return side * side - 3 * 64 - 31 - 2 * (side - 16) - alignment - (version >= 7 ? 36 : 0)
}

/** Centres of the alignment patterns along an edge. */
function centres(version: number): number[] {
  if (version === 1) return []
  const many = Math.floor(version / 7) + 2
  const last = version * 4 + 10
  const step = Math.ceil((last - 6) / (many - 1) / 2) * 2
  return [6, ...Array.from({ length: many - 1 }, (_, n) => last - (many - 2 - n) * step)]
}

function bits(value: number, length: number): number[] {
  return Array.from({ length }, (_, n) => (value >>> (length - 1 - n)) & 1)
}

interface Segment {
  mode: number
  /** Bits of the count, up to version 9 and from 10 on. */
  lengths: [number, number]
  count: number
  data: number[]
}

function segment(text: string): Segment {
  if ([...text].every((c) => LETTERS.includes(c))) {
    const data: number[] = []
    for (let n = 0; n < text.length; n += 2) {
      const first = LETTERS.indexOf(text.charAt(n))
      data.push(...(n + 1 < text.length ? bits(first * 45 + LETTERS.indexOf(text.charAt(n + 1)), 11) : bits(first, 6)))
    }
    return { mode: 0b0010, lengths: [9, 11], count: text.length, data }
  }
  const bytes = [...new TextEncoder().encode(text)]
  return { mode: 0b0100, lengths: [8, 16], count: bytes.length, data: bytes.flatMap((b) => bits(b, 8)) }
}

/** Data codewords of the smallest version that holds the text; null where none does. */
function codewords(text: string): { version: number; words: number[] } | null {
  const part = segment(text)
  for (let version = 1; version <= MOST; version += 1) {
    const capacity = (Math.floor(room(version) / 8) - at(CHECK, version - 1) * at(BLOCKS, version - 1)) * 8
    const stream = [...bits(part.mode, 4), ...bits(part.count, part.lengths[version < 10 ? 0 : 1]), ...part.data]
    if (stream.length > capacity) continue
    stream.push(...bits(0, Math.min(4, capacity - stream.length)))
    stream.push(...bits(0, (8 - (stream.length % 8)) % 8))
    const words: number[] = []
    for (let n = 0; n < stream.length; n += 8) words.push(stream.slice(n, n + 8).reduce((sum, bit) => sum * 2 + bit, 0))
    for (let n = 0; words.length < capacity / 8; n += 1) words.push(n % 2 === 0 ? 0xec : 0x11)
    return { version, words }
  }
  return null
}

/** Blocks with their correction, woven together as they are written. */
function woven(version: number, words: number[]): number[] {
  const [blocks, check] = [at(BLOCKS, version - 1), at(CHECK, version - 1)]
  const short = Math.floor(words.length / blocks)
  const long = words.length % blocks
  const data: number[][] = []
  for (let n = 0, from = 0; n < blocks; n += 1) {
    const length = short + (n >= blocks - long ? 1 : 0)
    data.push(words.slice(from, from + length))
    from += length
  }
  const correction = data.map((block) => checkWords(block, check))
  const out: number[] = []
  for (let n = 0; n <= short; n += 1) for (const block of data) if (n < block.length) out.push(at(block, n))
  for (let n = 0; n < check; n += 1) for (const block of correction) out.push(at(block, n))
  return out
}

// ---- drawing

type Cell = boolean | null
const MASKS: ((r: number, c: number) => boolean)[] = [
  (r, c) => (r + c) % 2 === 0,
  (r) => r % 2 === 0,
  (_, c) => c % 3 === 0,
  (r, c) => (r + c) % 3 === 0,
  (r, c) => (Math.floor(r / 2) + Math.floor(c / 3)) % 2 === 0,
  (r, c) => ((r * c) % 2) + ((r * c) % 3) === 0,
  (r, c) => (((r * c) % 2) + ((r * c) % 3)) % 2 === 0,
  (r, c) => (((r + c) % 2) + ((r * c) % 3)) % 2 === 0,
]

/** Remainder of a BCH code: `value` shifted by the generator's degree. */
function bch(value: number, generator: number, degree: number): number {
  let rest = value << degree
  for (let n = 31 - Math.clz32(rest); n >= degree; n = 31 - Math.clz32(rest)) rest ^= generator << (n - degree)
  return (value << degree) | rest
}

class Symbol {
  readonly side: number
  /** Function patterns; null where data go. */
  readonly cells: Cell[][]
  constructor(readonly version: number) {
    this.side = version * 4 + 17
    this.cells = Array.from({ length: this.side }, () => Array<Cell>(this.side).fill(null))
    for (const [r, c] of [[3, 3], [3, this.side - 4], [this.side - 4, 3]] as const) this.rings(r, c, 4, (d) => d !== 2 && d !== 4)
    const marks = centres(version)
    const end = marks.length - 1
    marks.forEach((r, i) => marks.forEach((c, k) => {
      if (!((i === 0 && k === 0) || (i === 0 && k === end) || (i === end && k === 0))) this.rings(r, c, 2, (d) => d !== 1)
    }))
    for (let n = 8; n < this.side - 8; n += 1) {
      this.put(6, n, n % 2 === 0)
      this.put(n, 6, n % 2 === 0)
    }
    this.format(0)
    if (version >= 7) {
      const code = bch(version, 0x1f25, 12)
      for (let n = 0; n < 18; n += 1) {
        const [a, b] = [this.side - 11 + (n % 3), Math.floor(n / 3)]
        this.put(a, b, ((code >>> n) & 1) === 1)
        this.put(b, a, ((code >>> n) & 1) === 1)
      }
    }
  }
  put(r: number, c: number, black: boolean): void {
    const row = this.cells[r]
    if (row && c >= 0 && c < this.side) row[c] = black
  }
  private rings(r: number, c: number, reach: number, black: (distance: number) => boolean): void {
    for (let y = -reach; y <= reach; y += 1) for (let x = -reach; x <= reach; x += 1) this.put(r + y, c + x, black(Math.max(Math.abs(y), Math.abs(x))))
  }
  /** Level and mask, twice around the finders. */
  format(mask: number): void {
    const code = bch((LEVEL << 3) | mask, 0x537, 10) ^ 0x5412
    const bit = (n: number): boolean => ((code >>> n) & 1) === 1
    const before = [0, 1, 2, 3, 4, 5, 7, 8]
    for (let n = 0; n < 8; n += 1) {
      this.put(at(before, n), 8, bit(n))
      this.put(8, this.side - 1 - n, bit(n))
    }
    for (let n = 8; n < 15; n += 1) {
      this.put(8, at(before, 14 - n), bit(n))
      this.put(this.side - 15 + n, 8, bit(n))
    }
    this.put(this.side - 8, 8, true)
  }
  /** Places of data in the order in which they are filled: two columns up, two down, from the right. */
  *data(): Generator<[number, number]> {
    let up = true
    for (let right = this.side - 1; right > 0; right -= 2) {
      if (right === 6) right = 5
      for (let n = 0; n < this.side; n += 1) for (const c of [right, right - 1]) {
        const r = up ? this.side - 1 - n : n
        if (this.cells[r]?.[c] === null) yield [r, c]
      }
      up = !up
    }
  }
}

/** How hard a symbol is to read: runs, blocks, patterns like a finder, too much black or white. */
function penalty(grid: Modules): number {
  const side = grid.length
  const lines = [...grid, ...Array.from({ length: side }, (_, c) => grid.map((row) => row[c] === true))]
  let sum = 0
  for (const line of lines) {
    for (let from = 0; from < side; ) {
      let to = from
      while (to < side && line[to] === line[from]) to += 1
      if (to - from >= 5) sum += to - from - 2
      from = to
    }
    const text = line.map((b) => (b ? '1' : '0')).join('')
    for (const like of ['10111010000', '00001011101']) for (let n = text.indexOf(like); n >= 0; n = text.indexOf(like, n + 1)) sum += 40
  }
  let black = 0
  grid.forEach((row, r) => row.forEach((one, c) => {
    if (one) black += 1
    if (r > 0 && c > 0 && one === row[c - 1] && one === grid[r - 1]?.[c] && one === grid[r - 1]?.[c - 1]) sum += 3
  }))
  return sum + Math.floor(Math.abs((black * 20) / (side * side) - 10)) * 10
}

/** The symbol of a text; null where it is too long (about 200 letters). */
export function qr(text: string): Modules | null {
  const made = codewords(text)
  if (!made) return null
  const symbol = new Symbol(made.version)
  const stream = woven(made.version, made.words).flatMap((word) => bits(word, 8))
  const places = [...symbol.data()]
  let best: { grid: Modules; cost: number } | null = null
  for (const [n, mask] of MASKS.entries()) {
    symbol.format(n)
    const grid = symbol.cells.map((row) => row.map((one) => one === true))
    places.forEach(([r, c], i) => {
      const row = grid[r]
      if (row) row[c] = (at(stream, i) === 1) !== mask(r, c)
    })
    const cost = penalty(grid)
    if (!best || cost < best.cost) best = { grid, cost }
  }
  return best?.grid ?? null
}

/** The symbol as one SVG path in units of modules, its quiet zone around it. */
export function outline(grid: Modules): { side: number; path: string } {
  const path = grid.flatMap((row, r) => row.flatMap((black, c) => (black ? [`M${c + QUIET} ${r + QUIET}h1v1h-1z`] : []))).join('')
  return { side: grid.length + QUIET * 2, path }
}
