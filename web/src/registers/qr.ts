// 二维码 (GB/T 18284, ISO/IEC 18004): a text as black and white modules, error correction level M, versions 1 to 10.

import { encode } from 'uqr'

/** Black is true; row by row, without the quiet zone. */
export type Modules = boolean[][]

/** White modules around the symbol that the standard asks for. */
export const QUIET = 4

/** Larger symbols are not read from a label at arm's length. */
const LARGEST = 10

/** The symbol of a text; null where it is too long for a label. */
export function qr(text: string): Modules | null {
  try {
    return encode(text, { ecc: 'M', boostEcc: false, border: 0, maxVersion: LARGEST }).data
  } catch {
    return null
  }
}

/** Side in modules with the quiet zone, and the black modules as one path. */
export function outline(grid: Modules): { side: number; path: string } {
  const path = grid.flatMap((row, r) => row.flatMap((black, c) => (black ? [`M${c + QUIET} ${r + QUIET}h1v1h-1z`] : []))).join('')
  return { side: grid.length + QUIET * 2, path }
}
