// Types of a register's definition, from its published JSON schema: `npm run types` writes them beside those of the API.

import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import openapiTS, { astToString } from 'openapi-typescript'

const at = (path) => fileURLToPath(new URL(path, import.meta.url))
export const KEPT = at('../src/api/definition.d.ts')
const HEAD = '/** Made by `npm run types` from docs/registers.schema.json. Not to be edited. */\n\n'

/** The types as text. The schema's parts stand as schemas of a document that has nothing else. */
export async function definitionTypes() {
  const text = readFileSync(at('../../docs/registers.schema.json'), 'utf8').replaceAll('#/$defs/', '#/components/schemas/')
  const { $defs, $schema: _schema, ...root } = JSON.parse(text)
  const made = await openapiTS({ openapi: '3.1.0', info: { title: 'definition', version: '1' }, paths: {}, components: { schemas: { ...$defs, [root.title]: root } } })
  return HEAD + astToString(made)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(KEPT, await definitionTypes())
