// As `useLoading`, but one question at a time: a wish that comes while one is out is asked after it, and of several
// wishes the last. For sliders and for playing, which would queue a question for every step otherwise.

import { ref, shallowRef, type Ref } from 'vue'
import type { ApiError } from '@/api/client'
import { type Loading, asApiError } from './loading'

export function useOneAtATime<T>(ask: () => Promise<T>, immediate = true): Loading<T> {
  const data = shallowRef<T | null>(null) as Ref<T | null>
  const error = ref<ApiError | null>(null) as Ref<ApiError | null>
  const busy = ref(false)
  let again = false
  let running: Promise<void> | null = null

  async function run(): Promise<void> {
    do {
      again = false
      try {
        data.value = await ask()
        error.value = null
      } catch (cause) {
        error.value = asApiError(cause)
      }
    } while (again)
    busy.value = false
    running = null
  }
  const reload = (): Promise<void> => {
    if (running) {
      again = true
      return running
    }
    busy.value = true
    running = run()
    return running
  }
  if (immediate) void reload()
  return { data, error, busy, reload }
}
