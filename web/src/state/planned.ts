// Whether this district follows a published plan: a profile without one has no public page of it.

import { ref } from 'vue'
import { answers } from '@/api/client'

export const planned = ref(false)
let asked = false

/** Asks once while the pages are open. */
export async function learnPlanned(): Promise<void> {
  if (asked) return
  asked = true
  planned.value = await answers('/api/v1/public/plan')
}
