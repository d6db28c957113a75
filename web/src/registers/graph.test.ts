import { expect, it } from 'vitest'
import type { LinkGraph } from '@/api/types'
import { kept } from './columns'
import { SERIES, painted } from './colours'
import { graphOption, pageOf } from './graph'

const graph = {
  nodes: [{ key: 'record/a/1', kind: 'record', register: 'a', id: '1', title: '甲', state: null, place: null }, { key: 'subject/s', kind: 'subject', id: 's', title: '乙', state: null, place: null }, { key: 'unit/u', kind: 'unit', id: 'u', title: '丙', state: null, place: null }],
  edges: [{ from: 'record/a/1', to: 'subject/s', field: 'f', zh: '排入', en: 'into' }], truncated: false,
} as unknown as LinkGraph

it('leads from a node to its page', () => {
  expect(graph.nodes.map(pageOf)).toEqual(['/registers/a/1', '/subjects?q=s', null])
})

it('draws every node and link, the start larger, kinds in colours and shapes of their own', () => {
  const [series] = (graphOption(graph, 'record/a/1', false) as { series: { data: { id: string; symbolSize: number; symbol: string; itemStyle: { color: string } }[]; links: { said: string }[] }[] }).series
  expect(series?.data.map((n) => n.id)).toEqual(graph.nodes.map((n) => n.key))
  expect(series?.data[0]?.symbolSize).toBeGreaterThan(series?.data[1]?.symbolSize ?? 0)
  expect(new Set(series?.data.map((n) => n.itemStyle.color)).size).toBe(3)
  expect(new Set(series?.data.map((n) => n.symbol)).size).toBe(3)
  expect(series?.links[0]?.said).toBe('排入')
})

it('paints codes in the order of their list and begins again when colours run out', () => {
  const codes = Array.from({ length: SERIES.length + 2 }, (_, n) => ({ code: String(n), zh: '', en: '' }))
  const colours = painted(codes).map((c) => c.colour)
  expect(new Set(colours.slice(0, SERIES.length)).size).toBe(SERIES.length)
  expect(colours[SERIES.length]).toBe(colours[0])
})

it('keeps chosen columns only while the definition has them', () => {
  expect(kept(null, ['a'])).toBeNull()
  expect(kept('["a","gone",3]', ['a', 'b'])).toEqual(['a'])
  expect(kept('{', ['a'])).toBeNull()
  expect(kept('{"a":1}', ['a'])).toBeNull()
})
