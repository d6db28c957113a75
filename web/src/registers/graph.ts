// A graph of links as ECharts draws it.

import type { LinkGraph } from '@/api/types'

type Node = Pick<LinkGraph['nodes'][number], 'kind' | 'register' | 'id'>

/** The page of a node; null where it has none. */
export function pageOf(node: Node): string | null {
  if (node.kind === 'record' && node.register) return `/registers/${node.register}/${encodeURIComponent(node.id)}`
  return node.kind === 'subject' ? `/subjects?q=${encodeURIComponent(node.id)}` : null
}

/** Colours of the kinds of things, by register in the order in which they come; told apart by their words as well. */
const COLOURS = ['#0b6b63', '#3f6fb0', '#b26a00', '#7a4fa3', '#2f7d32', '#a13d5b', '#5a6b2f', '#00708a']
/** Letters of a label; the whole stands in the hint. */
const LETTERS = 16

export function graphOption(graph: LinkGraph, start: string | null, english: boolean): Record<string, unknown> {
  const kinds = [...new Set(graph.nodes.map((n) => n.register ?? n.kind))]
  const cut = (text: string): string => ([...text].length > LETTERS ? `${[...text].slice(0, LETTERS - 1).join('')}…` : text)
  return {
    animation: false,
    tooltip: { confine: true },
    series: [
      {
        type: 'graph', layout: 'force', roam: true, draggable: true, zoom: graph.nodes.length > 40 ? 0.5 : graph.nodes.length > 18 ? 0.7 : 1,
        force: { repulsion: graph.nodes.length > 40 ? 160 : 340, edgeLength: [60, 150], gravity: 0.12, layoutAnimation: false, friction: 0.3 },
        edgeSymbol: ['none', 'arrow'], edgeSymbolSize: 7,
        label: { show: true, position: 'bottom', fontSize: 11, color: '#14211e', formatter: (p: { name: string }) => cut(p.name) },
        edgeLabel: { show: graph.edges.length <= 40, fontSize: 10, color: '#5e6d68', formatter: (p: { data: { said: string } }) => p.data.said },
        lineStyle: { color: '#9fb0aa', curveness: 0.08 },
        data: graph.nodes.map((n) => ({
          id: n.key, name: n.title, symbolSize: n.key === start ? 34 : 20, symbol: n.kind === 'record' ? 'circle' : n.kind === 'subject' ? 'roundRect' : 'diamond',
          itemStyle: { color: COLOURS[kinds.indexOf(n.register ?? n.kind) % COLOURS.length], borderColor: n.key === start ? '#14211e' : '#fff', borderWidth: 2 },
        })),
        links: graph.edges.map((e) => ({ source: e.from, target: e.to, said: english ? e.en : e.zh, name: english ? e.en : e.zh })),
      },
    ],
  }
}
