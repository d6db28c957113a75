// The one place where colours with a meaning stand: AQI levels, water classes, states, grades. The same in light and dark.
// AQI colours are those of HJ 633; water colours follow the bulletins of the national surface-water network.

/** A colour with a meaning. `ink` is the text colour that is readable on it. */
export interface Token {
  readonly colour: string
  readonly ink: string
}

const BLACK = '#101614'
const WHITE = '#ffffff'

/** Relative luminance of `#rrggbb`, WCAG 2.2. */
export function luminance(hex: string): number {
  const channel = (at: number): number => {
    const c = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4
  }
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
}

/** Contrast of two colours, 1 to 21, WCAG 2.2. */
export function contrast(a: string, b: string): number {
  const [x, y] = [luminance(a), luminance(b)]
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05)
}

function token(colour: string): Token {
  return { colour, ink: contrast(colour, BLACK) >= contrast(colour, WHITE) ? BLACK : WHITE }
}

/** AQI levels 1 to 6: 优, 良, 轻度, 中度, 重度, 严重. */
export const AQI: Readonly<Record<number, Token>> = {
  1: token('#00e400'),
  2: token('#ffff00'),
  3: token('#ff7e00'),
  4: token('#ff0000'),
  5: token('#99004c'),
  6: token('#7e0023'),
}

/** Water classes Ⅰ to 劣Ⅴ, by the names of the contract. */
export const WATER: Readonly<Record<string, Token>> = {
  I: token('#ccffff'),
  II: token('#00ccff'),
  III: token('#00ff00'),
  IV: token('#ffff00'),
  V: token('#ff9b00'),
  劣V: token('#ff0000'),
}

/** In the order of the standard, best first. */
export const WATER_ORDER = ['I', 'II', 'III', 'IV', 'V', '劣V'] as const

/** States of a subject. */
export const STATE = {
  exceeding: token('#d92d20'),
  warning: token('#e8890c'),
  normal: token('#2f9e73'),
  silent: token('#6f5bb5'),
  unknown: token('#8a9691'),
} as const

/** Grades of an alarm, 1 the most serious. */
export const GRADE: Readonly<Record<number, Token>> = {
  1: token('#d92d20'),
  2: token('#e8890c'),
  3: token('#d8b400'),
}

/** What has no class, level or value. */
export const NONE: Token = token('#8a9691')

/** Every token by its CSS name; `applyPalette` puts them on the document. */
export function cssVariables(): Record<string, string> {
  const out: Record<string, string> = {}
  const put = (name: string, t: Token): void => {
    out[`--${name}`] = t.colour
    out[`--${name}-ink`] = t.ink
  }
  for (const [level, t] of Object.entries(AQI)) put(`aqi-${level}`, t)
  WATER_ORDER.forEach((name, index) => put(`water-${index + 1}`, WATER[name] ?? NONE))
  for (const [name, t] of Object.entries(STATE)) put(`state-${name}`, t)
  for (const [grade, t] of Object.entries(GRADE)) put(`grade-${grade}`, t)
  put('none', NONE)
  return out
}

/** Makes the tokens known to the style sheets. */
export function applyPalette(root: HTMLElement): void {
  for (const [name, value] of Object.entries(cssVariables())) root.style.setProperty(name, value)
}

/** Token of an AQI level; the grey one where there is none. */
export function aqiToken(level: number | null | undefined): Token {
  return (level == null ? undefined : AQI[level]) ?? NONE
}

/** Token of a water class; the grey one where there is none. */
export function waterToken(name: string | null | undefined): Token {
  return (name == null ? undefined : WATER[name]) ?? NONE
}
