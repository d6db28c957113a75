// The order in which groups of registers stand: the media first, then what is done about them.

const ORDER = ['base', 'permit', 'air', 'water', 'soil', 'waste', 'noise', 'radiation', 'risk', 'climate', 'ecology', 'agriculture', 'transport', 'industry', 'zones', 'monitoring', 'enforcement', 'credit', 'plan', 'regional', 'public']

/** Groups in their order; those nobody knows yet come last, by name. */
export function inOrder<T>(groups: ReadonlyMap<string, T>): [string, T][] {
  const rank = (name: string): number => (ORDER.includes(name) ? ORDER.indexOf(name) : ORDER.length)
  return [...groups.entries()].sort(([a], [b]) => rank(a) - rank(b) || a.localeCompare(b))
}
