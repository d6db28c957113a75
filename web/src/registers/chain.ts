// A walked chain as a drawing in columns, one a step, and its figures as people read them.

import type { ChainWalk } from '@/api/types'
import { SERIES } from './colours'

type Node = ChainWalk['nodes'][number]

/** Metres as people say them. */
export function distance(metres: number): string {
  return metres < 1000 ? `${Math.round(metres)} m` : `${(metres / 1000).toFixed(metres < 10_000 ? 2 : 1)} km`
}

/** How long the water takes, in hours and minutes, days where it is long. */
export function travel(time: number): string {
  const minutes = Math.round(time * 60)
  if (minutes < 60) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`
}

/** Places of the nodes: a column a step, spread over the height. */
export function places(walk: Pick<ChainWalk, 'nodes'>, steps: number, width: number, height: number): { x: number; y: number }[] {
  const inStep = new Map<number, number>()
  for (const n of walk.nodes) inStep.set(n.step, (inStep.get(n.step) ?? 0) + 1)
  const seen = new Map<number, number>()
  return walk.nodes.map((n) => {
    const row = seen.get(n.step) ?? 0
    seen.set(n.step, row + 1)
    return { x: steps < 2 ? width / 2 : (n.step * width) / (steps - 1), y: ((row + 0.5) * height) / (inStep.get(n.step) ?? 1) }
  })
}

const LETTERS = 13
const cut = (text: string): string => ([...text].length > LETTERS ? `${[...text].slice(0, LETTERS - 1).join('')}…` : text)

function label(n: Node): string {
  const along = n.river ? `\n${distance(n.river.distance_m)}${n.river.travel_h == null ? '' : ` · ${travel(n.river.travel_h)}`}` : ''
  return cut(n.title || n.id) + along
}

export function chainOption(walk: ChainWalk, steps: number, english: boolean): Record<string, unknown> {
  const at = places(walk, steps, 1000, 185)
  const gaps = new Set(walk.gaps.map((g) => g.node))
  return {
    animation: false,
    tooltip: { confine: true },
    series: [
      {
        type: 'graph', layout: 'none', roam: true, left: 70, right: 70, top: 18, bottom: 40,
        edgeSymbol: ['none', 'arrow'], edgeSymbolSize: 7,
        label: { show: true, position: 'bottom', fontSize: 11, lineHeight: 14, color: '#14211e', formatter: (p: { data: { said: string } }) => p.data.said },
        edgeLabel: { show: walk.edges.length <= 24, fontSize: 10, color: '#5e6d68', formatter: (p: { data: { said: string } }) => p.data.said },
        lineStyle: { color: '#9fb0aa', width: 1.4 },
        data: walk.nodes.map((n, i) => ({
          id: String(i), key: n.key, name: n.title, said: `${gaps.has(i) ? '△ ' : ''}${label(n)}`, x: at[i]?.x, y: at[i]?.y, symbol: n.kind === 'subject' ? 'roundRect' : 'circle', symbolSize: n.start ? 26 : 16,
          itemStyle: { color: SERIES[n.step % SERIES.length], borderColor: n.start ? '#14211e' : gaps.has(i) ? '#d9822b' : '#fff', borderWidth: 2 },
        })),
        links: walk.edges.map((l) => ({ source: String(l.from), target: String(l.to), said: english ? l.en : l.zh, lineStyle: l.field == null ? { type: 'dashed', color: '#3f6fb0' } : {} })),
      },
    ],
  }
}
