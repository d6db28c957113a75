// Registers chosen for the district's map, as they stand in the address: `lists=river_outlet,zone`.

/** Registers on one map at once: more are not told apart. */
export const MOST_LISTS = 8

/** The names of an address, each once, no more than can be told apart. */
export function listsIn(text: unknown): string[] {
  if (typeof text !== 'string') return []
  return [...new Set(text.split(',').filter((name) => /^[a-z][a-z0-9_]*$/.test(name)))].slice(0, MOST_LISTS)
}

/** With one more, or without one that was there. */
export function toggled(lists: readonly string[], name: string): string[] {
  return lists.includes(name) ? lists.filter((l) => l !== name) : [...lists, name].slice(0, MOST_LISTS)
}

/** A colour for each name: whoever has one keeps it, a new name takes the first that is free. */
export function coloured(names: readonly string[], before: ReadonlyMap<string, string>, colours: readonly string[]): Map<string, string> {
  const out = new Map<string, string>()
  for (const name of names) {
    const kept = before.get(name)
    if (kept !== undefined) out.set(name, kept)
  }
  for (const name of names) {
    if (out.has(name)) continue
    const taken = new Set(out.values())
    out.set(name, colours.find((c) => !taken.has(c)) ?? colours[out.size % colours.length] ?? '#0b6b63')
  }
  return new Map(names.map((name) => [name, out.get(name) ?? '#0b6b63']))
}

/** What stands beside the map: a record as `register/id`, anything else is a subject's number. */
export function recordAt(at: string): { register: string; id: string } | null {
  const match = /^([a-z][a-z0-9_]*)\/(.+)$/.exec(at)
  return match ? { register: match[1] ?? '', id: match[2] ?? '' } : null
}
