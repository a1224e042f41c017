// node tools/docs/openapi.mjs: writes docs/reference/openapi.json, docs/reference/api.md and the types of the client.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { format, resolveConfig } from 'prettier'
import { root } from '../setup/prepare.mjs'
import { apiPage } from './api-page.mjs'
import { apiTypes } from './api-types.mjs'
import { openApiDocument } from './openapi-document.mjs'

export const documentFile = join(root, 'docs/reference/openapi.json')

/** Every file that is made from the API's own document, with the text that it should hold. */
export async function filesOfApi() {
  const document = await openApiDocument()
  const style = { ...(await resolveConfig(join(root, 'package.json'))), parser: 'typescript' }
  return [
    { file: documentFile, text: `${JSON.stringify(document, null, 2)}\n` },
    { file: join(root, 'docs/reference/api.md'), text: apiPage(document) },
    {
      file: join(root, 'packages/client/src/api-types.gen.ts'),
      text: await format(await apiTypes(document), style),
    },
  ]
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const { file, text } of await filesOfApi()) writeFileSync(file, text)
}
