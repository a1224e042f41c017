// node tools/docs/reference.mjs: writes the pages of docs/reference about configuration, environment, metrics and programs.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { root } from '../setup/prepare.mjs'
import { commandLinePage } from './command-line.mjs'
import { configurationPage } from './configuration.mjs'
import { environmentPage } from './environment.mjs'
import { metricsPage } from './metrics.mjs'

const pages = [
  ['configuration', configurationPage],
  ['environment', environmentPage],
  ['metrics', metricsPage],
  ['command-line', commandLinePage],
]

/** Every page with the text that it should hold, and how many things it describes. */
export async function referencePages() {
  const made = pages.map(async ([name, make]) => {
    const { text, count } = await make()
    return { name, file: join(root, `docs/reference/${name}.md`), text, count }
  })
  return Promise.all(made)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const { file, text } of await referencePages()) writeFileSync(file, text)
}
