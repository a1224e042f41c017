import { existsSync, readFileSync } from 'node:fs'
import { errorsPage, pageFile } from '../docs/errors.mjs'

/** The page of error codes says what the code says. */
export async function checkErrorsPage() {
  const { text, codes } = await errorsPage()
  if (existsSync(pageFile) && readFileSync(pageFile, 'utf8') === text) return { passed: codes }
  return { failures: ['docs/reference/errors.md is not what the packages declare: run node tools/docs/errors.mjs'] }
}
