import { expect, it } from 'vitest'
import { withoutPlace } from './units'

it('leaves the place out of English names', () => {
  const short = (name: string): string => withoutPlace(name, 'Chiping District, Liaocheng')
  expect(short('Chiping District Finance Bureau')).toBe('Finance Bureau')
  expect(short('Chiping Branch, Liaocheng Municipal Bureau of Ecology and Environment')).toBe('Bureau of Ecology and Environment')
  expect(short('Chiping Branch, Liaocheng Public Security Bureau')).toBe('Public Security Bureau')
  expect(short('Liaocheng Municipal Bureau of Ecology and Environment')).toBe('Liaocheng Municipal Bureau of Ecology and Environment')
  expect(short('Hutun Town')).toBe('Hutun Town')
  expect(withoutPlace('Chiping District Finance Bureau', '')).toBe('Chiping District Finance Bureau')
})
