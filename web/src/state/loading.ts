// A thing asked from the server, with its three states. An answer that was overtaken by a later question is dropped.

import { type Ref, ref, shallowRef } from 'vue'
import { ApiError } from '@/api/client'

export interface Loading<T> {
  data: Ref<T | null>
  error: Ref<ApiError | null>
  busy: Ref<boolean>
  /** Asks again; what is shown stays until the answer is there. */
  reload: () => Promise<void>
}

export function useLoading<T>(ask: () => Promise<T>, immediate = true): Loading<T> {
  const data = shallowRef<T | null>(null) as Ref<T | null>
  const error = ref<ApiError | null>(null) as Ref<ApiError | null>
  const busy = ref(false)
  let turn = 0
  const reload = async (): Promise<void> => {
    turn += 1
    const mine = turn
    busy.value = true
    try {
      const answer = await ask()
      if (mine !== turn) return
      data.value = answer
      error.value = null
    } catch (cause) {
      if (mine === turn) error.value = asApiError(cause)
    } finally {
      if (mine === turn) busy.value = false
    }
  }
  if (immediate) void reload()
  return { data, error, busy, reload }
}

/** Any failure as one that has words; a fault of the page itself is reported to the console as well. */
export function asApiError(cause: unknown): ApiError {
  if (cause instanceof ApiError) return cause
  console.error(cause)
  return new ApiError(0, 'page_fault', {
    zh: '页面出错，请刷新后重试。',
    en: 'The page made a mistake. Reload it and try again.',
  })
}
