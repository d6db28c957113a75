// Drafts of forms in the browser's own memory: what was typed is not lost with the page.

import type { Body } from '@/api/types'

export interface Draft {
  body: Body
  /** Revision of the record the draft began with; 0 for a new one. */
  revision: number
  at: string
}

/** Drafts kept at most; the oldest goes first. */
export const DRAFTS = 40
const PREFIX = 'huanshu.draft.'

/** Whose draft of what: two persons at one desk do not see each other's. */
export function draftKey(user: number | string, register: string, id: string | null): string {
  return `${PREFIX}${user}.${register}.${id ?? '+'}`
}

export function keepDraft(store: Storage, key: string, draft: Draft): void {
  const keys = Object.keys(store).filter((k) => k.startsWith(PREFIX) && k !== key)
  if (keys.length >= DRAFTS) {
    const at = (k: string): string => readDraft(store, k)?.at ?? ''
    keys.sort((a, b) => at(a).localeCompare(at(b)))
    for (const old of keys.slice(0, keys.length - DRAFTS + 1)) store.removeItem(old)
  }
  try {
    store.setItem(key, JSON.stringify(draft))
  } catch {
    store.removeItem(key) // the memory is full: no draft is better than half of one
  }
}

export function readDraft(store: Storage, key: string): Draft | null {
  const text = store.getItem(key)
  if (text === null) return null
  try {
    const draft = JSON.parse(text) as Partial<Draft> | null
    return draft && typeof draft.body === 'object' && draft.body !== null && typeof draft.revision === 'number' && typeof draft.at === 'string' ? (draft as Draft) : null
  } catch {
    return null
  }
}

export function dropDraft(store: Storage, key: string): void {
  store.removeItem(key)
}
