// The live channel: one EventSource for the whole page while anybody listens. It reconnects with growing pauses, and
// tells its listeners to ask again (`resync`) whenever events may have been missed.

import { onScopeDispose, readonly, ref } from 'vue'
import type { Alarm } from '@/api/types'

/** New values of a subject. */
export interface ValuesEvent {
  subject: number
  items: { factor: string; statistic: string; grain?: string; value: string | null; time: string; flag?: string | null }[]
}

interface Events {
  alarm: Alarm
  values: ValuesEvent
  device: unknown
  counts: unknown
  /** Something may have been missed: ask again. */
  resync: null
}

type Name = keyof Events
type Listener = (data: never) => void

/** Pauses between attempts, milliseconds; the last one repeats. */
export const PAUSES = [1000, 2000, 5000, 10_000, 30_000] as const
const NAMES: readonly Name[] = ['alarm', 'values', 'device', 'counts', 'resync']

const listeners = new Map<Name, Set<Listener>>(NAMES.map((name) => [name, new Set()]))
const state = ref<'off' | 'connecting' | 'on' | 'waiting'>('off')
let source: EventSource | null = null
let timer: ReturnType<typeof setTimeout> | null = null
let failures = 0
let opened = false

export const liveState = readonly(state)

function emit<N extends Name>(name: N, data: Events[N]): void {
  for (const call of listeners.get(name) ?? []) (call as (data: Events[N]) => void)(data)
}

function busy(): boolean {
  return [...listeners.values()].some((set) => set.size > 0)
}

function stop(): void {
  source?.close()
  source = null
  if (timer !== null) clearTimeout(timer)
  timer = null
}

function start(): void {
  stop()
  state.value = 'connecting'
  const here = new EventSource('/api/v1/live')
  source = here
  here.onopen = () => {
    state.value = 'on'
    failures = 0
    if (opened) emit('resync', null)
    opened = true
  }
  here.onerror = () => {
    stop()
    if (!busy()) return
    state.value = 'waiting'
    const pause = PAUSES[Math.min(failures, PAUSES.length - 1)] ?? 30_000
    failures += 1
    timer = setTimeout(start, pause + Math.random() * 500)
  }
  for (const name of NAMES) {
    here.addEventListener(name, (event) => {
      const text = (event as MessageEvent<string>).data
      try {
        emit(name, text === '' ? null : JSON.parse(text))
      } catch {
        emit('resync', null)
      }
    })
  }
}

/** Listens while the calling component lives. */
export function useLive<N extends Name>(name: N, call: (data: Events[N]) => void): void {
  const set = listeners.get(name)
  set?.add(call as Listener)
  if (source === null && timer === null) start()
  onScopeDispose(() => {
    set?.delete(call as Listener)
    if (busy()) return
    stop()
    opened = false
    state.value = 'off'
  })
}

/** Runs a call at most once in `ms`, the last wish always: a burst of events makes one request. */
export function gently(call: () => void, ms: number): () => void {
  let pending: ReturnType<typeof setTimeout> | null = null
  onScopeDispose(() => {
    if (pending !== null) clearTimeout(pending)
  })
  return () => {
    pending ??= setTimeout(() => {
      pending = null
      call()
    }, ms)
  }
}
