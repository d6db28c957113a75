import { expect, it } from 'vitest'
import { inOrder } from './groups'

it('puts groups into their order, unknown ones last', () => {
  expect(inOrder(new Map([['zz', 1], ['water', 2], ['aa', 3], ['base', 4]])).map(([name]) => name)).toEqual(['base', 'water', 'aa', 'zz'])
})
