// Names of units in a row, and the day of the address, for the plan's pages.

import { computed, type ComputedRef } from 'vue'
import { useRoute } from 'vue-router'
import type { PlanUnit } from '@/api/plan'
import { english, listed, nameOf } from '@/i18n'
import { MISSING } from '@/lib/format'
import { user, who } from '@/state/session'

/** An English name without that of its own district, nor that of the city whose branch in the district it is: what is left when
 *  all of `Chiping District` or `Chiping Branch, Liaocheng Municipal` is taken away. */
export function withoutPlace(name: string, district: string): string {
  const [place = '', city = ''] = district.split(', ')
  if (place === '') return name
  if (name.startsWith(`${place} `)) return name.slice(place.length + 1)
  const branch = `${place.split(' ')[0]} Branch, `
  if (!name.startsWith(branch)) return name
  const above = name.slice(branch.length)
  const prefix = [`${city} Municipal `, `${city} `].find((p) => city !== '' && above.startsWith(p))
  return above.slice(prefix?.length ?? 0)
}

/** The short form the plan itself uses, where it has one; in English the name without its place. Towns go by their name. */
export function shortName(unit: PlanUnit): string {
  if (english.value) return withoutPlace(nameOf(unit), who.profile?.district.en ?? '')
  const known = who.profile?.units.find((u) => u.code === unit.code)
  const short = known?.kind === 'town' ? undefined : known?.aliases[0]
  return short !== undefined && short.length < unit.zh.length ? short : unit.zh
}

/** Towns and departments see their own part of the plan, not that of others. */
export const ownPartOnly = computed(() => who.session?.actions['plan.read'] === 'unit')
export const seesUnit = (code: string): boolean => !ownPartOnly.value || user.value?.unit === code

/** Names of units, short where room is scarce; those beyond `most` are counted. */
export function unitNames(units: readonly PlanUnit[], most = 4, full = false): string {
  if (units.length === 0) return MISSING
  const shown = units.slice(0, most).map(full ? nameOf : shortName)
  return listed(shown) + (units.length > most ? ` +${units.length - most}` : '')
}

/** The day of the address, if it names one. */
export function useOn(): ComputedRef<string | undefined> {
  const route = useRoute()
  return computed(() => (typeof route.query.on === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(route.query.on) ? route.query.on : undefined))
}

/** Addresses of other pages of the plan, as of the same day. */
export function useLink(): (path: string) => string {
  const on = useOn()
  return (path) => (on.value === undefined ? path : `${path}${path.includes('?') ? '&' : '?'}on=${on.value}`)
}

/** A share from 0 to 1 as percent, for a glance; the exact figure stands beside or behind it. */
export function percent(share: string | null | undefined): string {
  if (share == null) return MISSING
  const value = Number(share)
  return Number.isFinite(value) ? `${Math.round(value * 1000) / 10}%` : MISSING
}
