import { expect, it } from 'vitest'
import type { ChainWalk } from '@/api/types'
import { chainOption, distance, places, travel } from './chain'

it('says distance and travel time as people do', () => {
  expect([distance(12.4), distance(1234), distance(23_456)]).toEqual(['12 m', '1.23 km', '23.5 km'])
  expect([travel(0.02), travel(0.99), travel(1.5), travel(55.5)]).toEqual(['1 min', '59 min', '1 h 30 min', '2 d 7 h'])
})

const node = (step: number, more: object = {}) => ({ step, key: `k${step}`, kind: 'record', id: '1', title: '一个名字很长很长很长很长的记录', start: false, river: null, ...more })
const walk = { nodes: [node(0, { start: true }), node(2), node(2, { kind: 'subject', river: { distance_m: 1500, travel_h: 1, reach: 'x' } })], edges: [{ from: 0, to: 1, field: 'f', zh: '排入', en: 'into' }, { from: 0, to: 2, field: null, zh: '沿河', en: 'river' }], gaps: [{ node: 1, step: 3 }] } as unknown as ChainWalk

it('stands each step in a column of its own and spreads what stands in it', () => {
  expect(places(walk, 3, 1000, 300)).toEqual([{ x: 0, y: 150 }, { x: 1000, y: 75 }, { x: 1000, y: 225 }])
  expect(places({ nodes: [walk.nodes[0] as never] }, 1, 100, 100)).toEqual([{ x: 50, y: 50 }])
})

it('marks the start, gaps, and what only the river leads to', () => {
  const [series] = (chainOption(walk, 4, false, 500) as { series: { data: { said: string; symbolSize: number }[]; links: { lineStyle: { type?: string }; said: string }[] }[] }).series
  expect(series?.data.map((n) => n.symbolSize)).toEqual([26, 16, 16, 0, 0])
  expect(series?.data[1]?.said).toMatch(/^△ .*…$/)
  expect(series?.data[2]?.said).toContain('1.50 km · 1 h 0 min')
  expect(series?.links.map((l) => [l.said, l.lineStyle.type])).toEqual([['排入', undefined], ['沿河', 'dashed']])
})

it('is drawn pixel by pixel: the plane is as large as the drawing without its margins', () => {
  const [series] = (chainOption(walk, 4, false, 800, 258) as { series: { data: { id: string; x: number; y: number }[] }[] }).series
  expect(series?.data.slice(-2).map((n) => [n.id, n.x, n.y])).toEqual([['from', 0, 0], ['to', 660, 200]])
  expect(series?.data[0]).toMatchObject({ x: 0, y: 100 })
})
