// Who is logged in, what they may do, and which district this is. One state for the whole page.

import { computed, reactive, readonly } from 'vue'
import * as api from '@/api/calls'
import { ApiError, setCsrf, whenUnauthorized } from '@/api/client'
import type { Profile, Session } from '@/api/types'

interface State {
  session: Session | null
  /** Whether the server was asked already. */
  known: boolean
  profile: Profile | null
}

const state = reactive<State>({ session: null, known: false, profile: null })

export const who = readonly(state)
export const user = computed(() => state.session?.user ?? null)
/** Name of the bureau in both languages; empty before the profile is there. */
export const bureau = computed(() => ({ zh: state.profile?.district.bureau ?? '', en: state.profile?.district.bureau_en ?? '' }))
export const demo = computed(() => state.profile?.demo ?? false)

/** Whether the server would let this person do it. The server decides; this only hides what it would refuse. */
export function can(action: string): boolean {
  return state.session !== null && action in state.session.actions
}

function accept(session: Session | null): void {
  state.session = session
  state.known = true
  setCsrf(session?.csrf ?? null)
}

/** Asks once who is logged in. A server that cannot be reached leaves it unknown. */
export async function recall(): Promise<void> {
  if (state.known) return
  try {
    accept(await api.session())
  } catch (error) {
    if (error instanceof ApiError && error.status > 0 && error.status < 500) accept(null)
    else throw error
  }
}

export async function signIn(login: string, password: string): Promise<void> {
  accept(await api.login(login, password))
}

export async function signOut(): Promise<void> {
  try {
    await api.logout()
  } finally {
    accept(null)
  }
}

/** The district; asked once, again after a failure. */
export async function loadProfile(): Promise<Profile> {
  state.profile ??= await api.profile()
  return state.profile as Profile
}

/** Name of a unit by its code; the code where the profile does not know it. */
export function unitName(code: string | null | undefined, english: boolean): string {
  if (!code) return ''
  const unit = state.profile?.units.find((u) => u.code === code)
  return unit ? (english && unit.en !== '' ? unit.en : unit.zh) : code
}

/** Called once at the start: a session the server no longer knows ends here too. */
export function watchSession(goToLogin: () => void): void {
  whenUnauthorized(() => {
    if (state.session === null) return
    accept(null)
    goToLogin()
  })
}
