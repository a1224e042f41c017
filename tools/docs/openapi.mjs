// node tools/docs/openapi.mjs: writes docs/reference/openapi.json, docs/reference/api.md, docs/llms.txt and the types of the
// client.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { llmsText } from '@netpulse/api'
import { format, resolveConfig } from 'prettier'
import { root } from '../setup/prepare.mjs'
import { apiPage } from './api-page.mjs'
import { apiTypes } from './api-types.mjs'
import { openApiDocument } from './openapi-document.mjs'

export const documentFile = join(root, 'docs/reference/openapi.json')

/** What there is beside the text in docs. A server links its own document and page instead. */
const links = [
  '- [OpenAPI 3.1 document](reference/openapi.json): every operation, field, limit and answer, with examples; a server has its own at `/openapi.json`, the fields of its drivers in `components.schemas`',
  '- [API reference](reference/api.md): the same to read',
  '- [Error codes](reference/errors.md): what each means and what to do',
  '- [Querying](guides/querying.md), [configuring safely](guides/configuring-safely.md), [bulk](guides/bulk.md): step by step',
]

/** Every file that is made from the API's own document, with the text that it should hold. */
export async function filesOfApi() {
  const document = await openApiDocument()
  const style = { ...(await resolveConfig(join(root, 'package.json'))), parser: 'typescript' }
  return [
    { file: documentFile, text: `${JSON.stringify(document, null, 2)}\n` },
    { file: join(root, 'docs/reference/api.md'), text: apiPage(document) },
    { file: join(root, 'docs/llms.txt'), text: llmsText({ apiKeyHeader: 'X-API-KEY', prefix: '', links }) },
    {
      file: join(root, 'packages/client/src/api-types.gen.ts'),
      text: await format(await apiTypes(document), style),
    },
  ]
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const { file, text } of await filesOfApi()) writeFileSync(file, text)
}
