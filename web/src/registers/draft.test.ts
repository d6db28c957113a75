import { beforeEach, expect, it } from 'vitest'
import { DRAFTS, draftKey, dropDraft, keepDraft, readDraft } from './draft'

class Memory {
  [key: string]: unknown
  getItem(key: string): string | null {
    return (this[key] as string | undefined) ?? null
  }
  setItem(key: string, value: string): void {
    this[key] = value
  }
  removeItem(key: string): void {
    delete this[key]
  }
}
let store: Storage
beforeEach(() => {
  store = new Memory() as unknown as Storage
})
const draft = (at: string) => ({ body: { a: 1 }, revision: 3, at })

it('keeps a draft for one person, one record', () => {
  keepDraft(store, draftKey(1, 'r', 'x'), draft('2026-01-01'))
  expect(readDraft(store, draftKey(1, 'r', 'x'))).toEqual(draft('2026-01-01'))
  expect(readDraft(store, draftKey(2, 'r', 'x'))).toBeNull()
  expect(readDraft(store, draftKey(1, 'r', null))).toBeNull()
  dropDraft(store, draftKey(1, 'r', 'x'))
  expect(readDraft(store, draftKey(1, 'r', 'x'))).toBeNull()
})

it('does not trust what it finds', () => {
  for (const text of ['', '{', 'null', '[]', '{"body":1}', '{"body":{},"revision":"3","at":"x"}']) {
    store.setItem('huanshu.draft.1.r.x', text)
    expect(readDraft(store, 'huanshu.draft.1.r.x'), text).toBeNull()
  }
})

it('lets the oldest go when there are too many', () => {
  for (let n = 0; n < DRAFTS + 3; n += 1) keepDraft(store, draftKey(1, 'r', String(n)), draft(`2026-01-${String(n).padStart(3, '0')}`))
  expect(Object.keys(store).filter((k) => k.startsWith('huanshu.draft.'))).toHaveLength(DRAFTS)
  expect(readDraft(store, draftKey(1, 'r', '0'))).toBeNull()
  expect(readDraft(store, draftKey(1, 'r', String(DRAFTS + 2)))).not.toBeNull()
})
