// The cockpit's figures, shared by all pages that show some of them, kept fresh by the live channel.

import { shallowRef } from 'vue'
import * as api from '@/api/calls'
import type { Overview } from '@/api/types'
import { type Loading, useLoading } from './loading'
import { gently, useLive } from './live'

const shared = shallowRef<Overview | null>(null)

/** The figures; `shared` lets a page start with what another one knew a moment ago. */
export function useCounts(): Loading<Overview> & { shared: typeof shared } {
  const loading = useLoading(async () => {
    shared.value = await api.overview()
    return shared.value
  })
  const soon = gently(() => void loading.reload(), 3000)
  useLive('counts', soon)
  useLive('alarm', soon)
  useLive('device', soon)
  useLive('resync', soon)
  return { ...loading, shared }
}
