// Which columns of a register a person wants to see; kept in the browser, the definition's own choice until then.

import { type Ref, computed, ref, watch } from 'vue'
import type { RegisterView } from '@/api/types'
import { type Input, inputs } from './form'

const PREFIX = 'huanshu.columns.'

/** Names of fields that can be columns: what fits into a cell. */
export function possible(view: RegisterView): Input[] {
  return inputs(view).filter((i) => i.field.type !== 'group')
}

/** What is kept, without what the definition no longer has; null where nothing is. */
export function kept(text: string | null, names: readonly string[]): string[] | null {
  if (text === null) return null
  try {
    const read: unknown = JSON.parse(text)
    return Array.isArray(read) ? read.filter((n): n is string => typeof n === 'string' && names.includes(n)) : null
  } catch {
    return null
  }
}

export function useColumns(view: Ref<RegisterView | null>) {
  const all = computed(() => (view.value ? possible(view.value) : []))
  const own = ref<string[] | null>(null)
  const key = computed(() => PREFIX + (view.value?.name ?? ''))
  watch(view, (now) => {
    own.value = now ? kept(localStorage.getItem(key.value), all.value.map((i) => i.field.name)) : null
  }, { immediate: true })
  /** The title's fields stand in the first column already. */
  const standard = computed(() => (view.value?.columns ?? []).filter((n) => !view.value?.definition.title.includes(n)))
  const keys = computed(() => own.value ?? standard.value)
  return {
    all, keys,
    toggle(name: string): void {
      own.value = keys.value.includes(name) ? keys.value.filter((n) => n !== name) : [...keys.value, name]
      localStorage.setItem(key.value, JSON.stringify(own.value))
    },
    reset(): void {
      own.value = null
      localStorage.removeItem(key.value)
    },
  }
}
