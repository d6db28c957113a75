import { expect, it } from 'vitest'
import { ApiError } from '@/api/client'
import { useOneAtATime } from './oneAtATime'

it('asks one question at a time and of waiting wishes only the last', async () => {
  let wish = 0
  const asked: number[] = []
  const answers: (() => void)[] = []
  const loading = useOneAtATime(() => {
    const mine = wish
    asked.push(mine)
    return new Promise<number>((resolve) => answers.push(() => resolve(mine)))
  }, false)
  let done: Promise<void> = Promise.resolve()
  for (wish = 1; wish <= 5; wish += 1) done = loading.reload()
  wish = 5
  expect(asked).toEqual([1])
  expect(loading.busy.value).toBe(true)
  answers.shift()?.()
  await new Promise((resolve) => setTimeout(resolve))
  expect(asked).toEqual([1, 5])
  answers.shift()?.()
  await done
  expect([loading.data.value, loading.busy.value]).toEqual([5, false])
})

it('keeps a failure beside what was known, and goes on', async () => {
  let bad = false
  const loading = useOneAtATime(async () => {
    if (bad) throw new ApiError(500, 'x', { zh: '', en: '' })
    return 1
  })
  await loading.reload()
  bad = true
  await loading.reload()
  expect([loading.error.value?.code, loading.data.value]).toEqual(['x', 1])
  bad = false
  await loading.reload()
  expect(loading.error.value).toBeNull()
})
