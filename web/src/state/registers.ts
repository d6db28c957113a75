// Definitions the pages have read already: they change with the program, not while somebody works.

import * as api from '@/api/registers'
import type { RegisterView } from '@/api/types'
import { user } from './session'

const known = new Map<string, Promise<RegisterView>>()

/** A register with definition and code lists; asked once a person, again after a failure. */
export function registerOf(name: string): Promise<RegisterView> {
  const key = `${user.value?.id ?? ''}/${name}`
  const there = known.get(key)
  if (there) return there
  const asked = api.register(name)
  known.set(key, asked)
  asked.catch(() => known.delete(key))
  return asked
}
