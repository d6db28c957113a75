export function zip(entries: Record<string, string | Uint8Array>): Uint8Array<ArrayBuffer>
export function xlsx(rows: (string | number)[][], merged?: string[]): Uint8Array<ArrayBuffer>
export const CGCS2000: string
export const GAUSS_117: string
export const XIAN_80: string
export function shapefile(areas: { ring: [number, number][]; attributes?: Record<string, string> }[], prj?: string): Uint8Array<ArrayBuffer>
export const PNG: Uint8Array<ArrayBuffer>
export const PDF: Uint8Array<ArrayBuffer>
