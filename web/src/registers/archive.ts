// Files packed in a zip, unpacked in the browser: plain and deflated entries, bounded.

/** What an archive may come to, unpacked. */
export const MOST_BYTES = 64 * 1024 * 1024
/** Entries looked at. */
const MOST_ENTRIES = 200

const END = 0x06054b50
const ENTRY = 0x02014b50

async function inflated(bytes: Uint8Array<ArrayBuffer>, most: number): Promise<Uint8Array> {
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw')).getReader()
  const parts: Uint8Array[] = []
  let size = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    size += value.length
    if (size > most) {
      await reader.cancel()
      throw new RangeError('large')
    }
    parts.push(value)
  }
  const out = new Uint8Array(size)
  let at = 0
  for (const part of parts) {
    out.set(part, at)
    at += part.length
  }
  return out
}

/** The entries whose names `wanted` takes, by name; null where the bytes are no archive. */
export async function unpacked(bytes: Uint8Array<ArrayBuffer>, wanted: (name: string) => boolean): Promise<Map<string, Uint8Array> | null> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let end = bytes.length - 22
  while (end >= 0 && end > bytes.length - 22 - 65_536 && view.getUint32(end, true) !== END) end -= 1
  if (end < 0 || view.getUint32(end, true) !== END) return null
  const count = view.getUint16(end + 10, true)
  let at = view.getUint32(end + 16, true)
  const out = new Map<string, Uint8Array>()
  let left = MOST_BYTES
  for (let n = 0; n < Math.min(count, MOST_ENTRIES); n += 1) {
    if (at + 46 > bytes.length || view.getUint32(at, true) !== ENTRY) return null
    const [flags, method, size] = [view.getUint16(at + 8, true), view.getUint16(at + 10, true), view.getUint32(at + 20, true)]
    const [name, extra, comment, local] = [view.getUint16(at + 28, true), view.getUint16(at + 30, true), view.getUint16(at + 32, true), view.getUint32(at + 42, true)]
    const written = bytes.subarray(at + 46, at + 46 + name)
    // Chinese programs write names in GBK unless they say UTF-8.
    const called = new TextDecoder(flags & 0x800 ? 'utf-8' : 'gb18030').decode(written)
    at += 46 + name + extra + comment
    if (!wanted(called) || local + 30 > bytes.length) continue
    const from = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true)
    const packed = bytes.slice(from, from + size)
    if (method !== 0 && method !== 8) continue
    const content = method === 0 ? packed : await inflated(packed, left)
    left -= content.length
    if (left < 0) throw new RangeError('large')
    out.set(called, content)
  }
  return out
}
