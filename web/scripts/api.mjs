// Writes shared/src/api/schema.d.ts from the server's OpenAPI document (a running server, or a file given as argument).
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import openapiTS, { astToString } from 'openapi-typescript'

const from = process.argv[2] ?? `${process.env.GRIDLOOP_SERVER ?? 'http://localhost:8000'}/api/v1/openapi.json`
const to = fileURLToPath(new URL('../shared/src/api/schema.d.ts', import.meta.url))
const document = from.startsWith('http') ? new URL(from) : JSON.parse(readFileSync(from, 'utf8'))

writeFileSync(to, `/** Made from the server's OpenAPI document by \`npm run api\`; not edited by hand. */\n${astToString(await openapiTS(document))}`)
console.log(`wrote ${to}`)
