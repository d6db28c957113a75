// Colours of codes and states that have no colour of their own, in the order of their list; words stand beside them.

import type { Code } from '@/api/types'

export interface Painted extends Code {
  colour: string
}

/** Told apart by eyes that see red and green alike as well: hue and lightness both change. */
export const SERIES = ['#0b6b63', '#d9822b', '#3f6fb0', '#a13d5b', '#7fb069', '#5843a0', '#c9a400', '#6b4f3a', '#00a0b0', '#8a9691', '#d1609b', '#1f4e79', '#4f7a28', '#b0472f', '#9277c9', '#5e6d68'] as const

export function painted(codes: readonly Code[]): Painted[] {
  return codes.map((c, n) => ({ code: c.code, zh: c.zh, en: c.en, colour: SERIES[n % SERIES.length] ?? SERIES[0] }))
}
