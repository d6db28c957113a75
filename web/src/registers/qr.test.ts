import { expect, it } from 'vitest'
import { outline, qr } from './qr'

// Read back by an independent reader when it was written down.
const HELLO = `
#######...#.#.#######
#.....#.###...#.....#
#.###.#...#.#.#.###.#
#.###.#...#.#.#.###.#
#.###.#.#.###.#.###.#
#.....#..###..#.....#
#######.#.#.#.#######
.....................
#.#.#.#..#..#...#..#.
.####...#..#....#...#
...#######.#..#.##...
####.#.##..###.#.###.
.#..####.#.#..###.#.#
........#.#...#...#.#
#######.....#..#.##..
#.....#..##...##.#...
#.###.#.##..#.#######
#.###.#...##.#.#...#.
#.###.#.####.###.#..#
#.....#....###...#.##
#######.##.#.###....#`

it('draws a known symbol', () => {
  expect(qr('HELLO WORLD')?.map((row) => row.map((b) => (b ? '#' : '.')).join('')).join('\n')).toBe(HELLO.trim())
})

it('grows with the text and says where it ends', () => {
  expect(qr('91371523MA3D0000XX9002490820260301000001')).toHaveLength(29) // version 3: 40 letters of a waste container
  expect(qr('环'.repeat(50))).toHaveLength(49)
  expect(qr('y'.repeat(214))).toBeNull()
  expect(outline(qr('A') ?? []).side).toBe(29)
})
