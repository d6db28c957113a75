import { expect, it } from 'vitest'
import { checkWords, outline, qr } from './qr'

it('corrects as the standard’s own example does', () => {
  // ISO/IEC 18004, the symbol of 01234567 in version 1-M.
  const data = [0x10, 0x20, 0x0c, 0x56, 0x61, 0x80, 0xec, 0x11, 0xec, 0x11, 0xec, 0x11, 0xec, 0x11, 0xec, 0x11]
  expect(checkWords(data, 10)).toEqual([0xa5, 0x24, 0xd4, 0xc1, 0xed, 0x36, 0xc7, 0x87, 0x2c, 0x55])
})

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
