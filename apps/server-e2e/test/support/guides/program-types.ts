import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import ts from 'typescript'
import type { GuideStep } from './guide.js'
import { clone } from './run-guide.js'

const options: ts.CompilerOptions = {
  allowJs: true,
  checkJs: true,
  noEmit: true,
  strict: true,
  // They run as they are saved, in Node without a build: their parameters have no types to write.
  noImplicitAny: false,
  skipLibCheck: true,
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.NodeNext,
  types: ['node'],
  typeRoots: [join(clone, 'node_modules/@types')],
}

/**
 * What the compiler says about the `ts` programs that guides have a reader save: whether they use the packages as their
 * types say. Answers with a line per mistake.
 */
export async function typeFlawsOf(guides: ReadonlyMap<string, readonly GuideStep[]>): Promise<readonly string[]> {
  // Below the package, so that the workspaces' packages resolve; below `dist`, so that nobody commits it.
  await mkdir(join(clone, 'apps/server-e2e/dist'), { recursive: true })
  const folder = await mkdtemp(join(clone, 'apps/server-e2e/dist/guides-'))
  try {
    const files: string[] = []
    for (const [guide, steps] of guides) files.push(...(await save(join(folder, guide), steps)))
    return ts.getPreEmitDiagnostics(ts.createProgram(files, options)).map((flaw) => told(flaw, folder))
  } finally {
    await rm(folder, { recursive: true })
  }
}

async function save(folder: string, steps: readonly GuideStep[]): Promise<readonly string[]> {
  const files: string[] = []
  for (const step of steps) {
    if (step.kind !== 'file' || step.language !== 'ts') continue
    const file = join(folder, step.name)
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, step.text)
    files.push(file)
  }
  return files
}

function told({ file, start, messageText }: ts.Diagnostic, folder: string): string {
  const message = ts.flattenDiagnosticMessageText(messageText, '\n')
  if (file === undefined || start === undefined) return message
  return `${file.fileName.slice(folder.length + 1)}:${file.getLineAndCharacterOfPosition(start).line + 1}: ${message}`
}
