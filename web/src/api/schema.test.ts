import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import openapiTS, { astToString } from 'openapi-typescript'
import { expect, it } from 'vitest'
import { KEPT, definitionTypes } from '../../tools/definition-types.mjs'

it('has the types of the committed OpenAPI document (npm run types writes them)', async () => {
  const made = astToString(await openapiTS(new URL('../../../docs/openapi.json', import.meta.url)))
  const kept = readFileSync(fileURLToPath(new URL('./schema.d.ts', import.meta.url)), 'utf8')
  expect(kept.endsWith(made)).toBe(true)
})

it('has the types of the published schema of definitions', async () => {
  expect(readFileSync(KEPT, 'utf8')).toBe(await definitionTypes())
})
