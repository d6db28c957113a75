// What the one map shows and of when: the points, the bands of the air, and the hour, which stands in the address.

import { computed, onScopeDispose, ref, watch } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import * as api from '@/api/calls'
import type { AirBands } from '@/api/types'
import { toStamp } from '@/lib/format'
import { AIR_FACTORS, type AirFactor } from '@/map/airBands'
import { SPANS, fromAddress, toAddress } from '@/map/moment'
import { gently, useLive } from '@/state/live'
import { useOneAtATime } from '@/state/oneAtATime'

/** The present moves on; an hour more can be looked back then. */
const TICK = 30_000

export function useLookBack() {
  const route = useRoute()
  const router = useRouter()
  const now = ref(Date.now())
  const clock = setInterval(() => {
    now.value = Date.now()
  }, TICK)
  onScopeDispose(() => clearInterval(clock))

  const change = (query: Record<string, string | undefined>): void => void router.replace({ query: { ...route.query, ...query } })

  const at = computed<number | null>({
    get: () => fromAddress(route.query.time, now.value),
    set: (ms) => change({ time: ms === null ? undefined : toAddress(ms) }),
  })
  const span = computed<number>({
    get: () => SPANS.find((s) => String(s) === route.query.span) ?? SPANS[0],
    set: (hours) => change({ span: hours === SPANS[0] ? undefined : String(hours) }),
  })
  const factor = computed<AirFactor | null>({
    get: () => AIR_FACTORS.find((f) => f === route.query.air) ?? null,
    set: (name) => change({ air: name ?? undefined }),
  })

  const instant = (): string | undefined => (at.value === null ? undefined : toStamp(at.value))
  const points = useOneAtATime(() => api.points(undefined, instant()))
  const air = useOneAtATime<AirBands | null>(async () => (factor.value === null ? null : api.airBands(factor.value, instant())))
  watch(at, () => {
    void points.reload()
    void air.reload()
  })
  watch(factor, () => void air.reload())

  // The past stands still for who looks at it; only the present is followed.
  const soon = gently(() => {
    if (at.value !== null) return
    void points.reload()
    void air.reload()
  }, 10_000)
  useLive('counts', soon)
  useLive('alarm', soon)
  useLive('resync', soon)

  return {
    now, at, span, factor,
    /** Nothing rather than another hour's values when an hour could not be had. */
    points: computed(() => (points.error.value && at.value !== null ? null : points.data.value)),
    bands: computed(() => (air.error.value || factor.value === null ? null : air.data.value)),
    error: computed(() => points.error.value ?? air.error.value),
    busy: computed(() => points.busy.value || air.busy.value),
    reload: (): void => {
      void points.reload()
      void air.reload()
    },
  }
}
