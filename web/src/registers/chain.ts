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

/** Letters of a name at the edge, where only half of it has a column's room. */
const AT_EDGE = 13
/** Letters of a name, by the room a column has: twelve pixels each, neither a stub nor a line. */
const letters = (column: number): number => Math.max(8, Math.min(22, Math.floor(column / 12)))
const cut = (text: string, most: number): string => ([...text].length > most ? `${[...text].slice(0, most - 1).join('')}…` : text)

function label(n: Node, most: number): string {
  const along = n.river ? `\n${distance(n.river.distance_m)}${n.river.travel_h == null ? '' : ` · ${travel(n.river.travel_h)}`}` : ''
  return cut(n.title || n.id, most) + along
}

/** A link that passes over a step is bent, so that it does not run through what stands there. */
function bend(walk: Pick<ChainWalk, 'nodes'>, link: ChainWalk['edges'][number]): number {
  const [from, to] = [walk.nodes[link.from]?.step ?? 0, walk.nodes[link.to]?.step ?? 0]
  return Math.abs(from - to) > 1 ? 0.18 * Math.sign(to - from) : 0
}

/** Room at the sides for names, and above and below for the last row of them, px. */
const SIDE = 70
const [ABOVE, BELOW] = [18, 40]

/** `width` and `height` are those of the drawing: one step of the plane is one pixel, so nothing is stretched. */
export function chainOption(walk: ChainWalk, steps: number, english: boolean, width = 1140, height = 243): Record<string, unknown> {
  const [across, down] = [Math.max(1, width - 2 * SIDE), Math.max(1, height - ABOVE - BELOW)]
  const at = places(walk, steps, across, down)
  // The plane keeps its corners, however few things stand on it.
  const corner = (id: string, x: number, y: number) => ({ id, name: '', said: '', x, y, symbol: 'none', symbolSize: 0, silent: true, tooltip: { show: false } })
  const most = letters(across / Math.max(1, steps - 1))
  const gaps = new Set(walk.gaps.map((g) => g.node))
  return {
    animation: false,
    tooltip: { confine: true },
    series: [
      {
        type: 'graph', layout: 'none', roam: true, left: SIDE, right: SIDE, top: ABOVE, bottom: BELOW,
        edgeSymbol: ['none', 'arrow'], edgeSymbolSize: 7,
        label: { show: true, position: 'bottom', fontSize: 11, lineHeight: 14, color: '#14211e', formatter: (p: { data: { said: string } }) => p.data.said },
        edgeLabel: { show: walk.edges.length <= 24, fontSize: 10, color: '#5e6d68', formatter: (p: { data: { said: string } }) => p.data.said },
        lineStyle: { color: '#9fb0aa', width: 1.4 },
        data: [...walk.nodes.map((n, i) => ({
          id: String(i), key: n.key, name: n.title, said: `${gaps.has(i) ? '△ ' : ''}${label(n, n.step === 0 || n.step === steps - 1 ? Math.min(most, AT_EDGE) : most)}`, x: at[i]?.x, y: at[i]?.y, symbol: n.kind === 'subject' ? 'roundRect' : 'circle', symbolSize: n.start ? 26 : 16,
          itemStyle: { color: SERIES[n.step % SERIES.length], borderColor: n.start ? '#14211e' : gaps.has(i) ? '#d9822b' : '#fff', borderWidth: 2 },
        })), corner('from', 0, 0), corner('to', across, down)],
        links: walk.edges.map((l) => ({ source: String(l.from), target: String(l.to), said: english ? l.en : l.zh, lineStyle: { ...(l.field == null ? { type: 'dashed', color: '#3f6fb0' } : {}), curveness: bend(walk, l) } })),
      },
    ],
  }
}
