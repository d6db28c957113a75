import { describe, expect, it } from 'vitest'
import type { Body } from '@/api/types'
import { blank, changed, collisions, fresh, inputs, pruned, rebased, same, sent } from './form'
import { sample } from './sample'

const list = inputs(sample)

describe('the form model', () => {
  it('has an input for every field, with the codes of lists also within groups', () => {
    expect(list.map((i) => i.field.name)).toEqual(sample.definition.field.map((f) => f.name))
    expect(list.find((i) => i.field.name === 'kind')?.codes.map((c) => c.code)).toEqual(['a', 'b'])
    const parts = list.find((i) => i.field.name === 'parts')
    expect(parts?.rows.map((r) => r.key)).toEqual(['parts.part', 'parts.share', 'parts.grade', 'parts.made'])
    expect(parts?.rows[2]?.codes[0]?.zh).toBe('一级')
  })

  it('starts a new record with what the definition gives', () => {
    expect(fresh(list)).toEqual({ yes: true })
  })

  it('knows what is nothing: «no» and zero are something', () => {
    for (const nothing of [undefined, null, '', '  ', [], [{}], [{ part: '' }]]) expect(blank(nothing), JSON.stringify(nothing)).toBe(true)
    for (const something of [false, 0, '0', [''].concat('x'), [{ yes: false }], { type: 'Point' }]) expect(blank(something), JSON.stringify(something)).toBe(false)
  })

  it('sends nothing empty and nothing computed, at the top and in rows', () => {
    const body: Body = { code: 'x', kind: '', total: '9', yes: false, parts: [{ part: 'p', share: '', made: '3' }] }
    expect(sent(list, body)).toEqual({ code: 'x', yes: false, parts: [{ part: 'p' }] })
  })

  it('takes rows that say nothing out before it asks', () => {
    expect(pruned(list, { parts: [{}, { part: 'p' }, { part: '' }] })).toEqual({ parts: [{ part: 'p' }] })
  })

  it('tells what changed, with null for what was taken away', () => {
    expect(changed(list, { code: 'x', n: 3, total: '1' }, { code: 'y', total: '2' })).toEqual({ code: 'y', n: null })
    expect(changed(list, { spot: { type: 'Point', coordinates: [1, 2] } }, { spot: { coordinates: [1, 2], type: 'Point' } })).toEqual({})
    expect(changed(list, { parts: [{ part: 'a' }] }, { parts: [{ part: 'a', share: '2' }] })).toEqual({ parts: [{ part: 'a', share: '2' }] })
    expect(same([1, 2], [2, 1])).toBe(false)
  })
})

describe('two persons at once', () => {
  const base: Body = { code: 'x', kind: 'a', n: 1 }
  const mine: Body = { code: 'mine', kind: 'a', n: 2 }
  const theirs: Body = { code: 'theirs', kind: 'b', n: 1 }

  it('shows what the other changed, and asks only where both did', () => {
    expect(collisions(list, base, mine, theirs).map((c) => [c.field.name, c.mineToo])).toEqual([['code', true], ['kind', false]])
    expect(collisions(list, base, { ...mine, code: 'theirs' }, theirs).map((c) => c.field.name), 'the same change is none').toEqual(['kind'])
  })

  it('joins both: the other’s values stand, one’s own only where decided or untouched by the other', () => {
    expect(rebased(list, base, mine, theirs, new Set())).toEqual({ code: 'theirs', kind: 'b', n: 2 })
    expect(rebased(list, base, mine, theirs, new Set(['code']))).toEqual({ code: 'mine', kind: 'b', n: 2 })
    expect(rebased(list, base, { code: 'x', kind: 'a' }, theirs, new Set()), 'taken away stays away').toEqual({ code: 'theirs', kind: 'b' })
  })
})
