import { describe, expect, it } from 'vitest'
import { drawn, read, readAs, write } from './place'

describe('places', () => {
  it('are read as people paste them', () => {
    const point = { type: 'Point', coordinates: [116.25, 36.58] }
    for (const text of ['116.25,36.58', '116.25 36.58', ' 116.25，36.58 ', 'POINT(116.25 36.58)', 'point ( 116.25  36.58 )', '{"type":"Point","coordinates":[116.25,36.58]}', '{"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[116.25,36.58]}}']) expect(read(text), text).toEqual(point)
    expect(read('LINESTRING(1 2, 3 4)')).toEqual({ type: 'LineString', coordinates: [[1, 2], [3, 4]] })
    expect(read('POLYGON((0 0, 1 0, 1 1, 0 0), (0.2 0.2, 0.3 0.2, 0.3 0.3, 0.2 0.2))')).toMatchObject({ type: 'Polygon', coordinates: [{ length: 4 }, { length: 4 }] })
  })

  it('are not guessed', () => {
    for (const text of ['', 'x', '116.25', '1,2,3', '36.58,216.25', '200,10', 'POINT(1)', 'POLYGON(1 2)', '{"type":"Circle"}', '{']) expect(read(text), text).toBeNull()
    expect(readAs('116.25,36.58', 'area')).toBeNull()
    expect(readAs('116.25,36.58', 'point')).not.toBeNull()
  })

  it('come back as they were written', () => {
    for (const text of ['116.25,36.58', 'LINESTRING(1 2, 3 4)', 'POLYGON((0 0, 1 0, 1 1, 0 0))']) expect(write(read(text))).toBe(text)
    expect(write(null)).toBe('')
  })

  it('are drawn corner by corner: too few are no shape, an area closes by itself', () => {
    expect(drawn('point', [])).toBeNull()
    expect(drawn('point', [[1, 2], [3.12345678, 4]])).toEqual({ type: 'Point', coordinates: [3.123457, 4] })
    expect(drawn('line', [[1, 2]])).toBeNull()
    expect(drawn('area', [[0, 0], [1, 0]])).toBeNull()
    expect(drawn('area', [[0, 0], [1, 0], [1, 1]])).toEqual({ type: 'Polygon', coordinates: [[[0, 0], [1, 0], [1, 1], [0, 0]]] })
  })
})
