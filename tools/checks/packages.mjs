import { runCommand } from './command.mjs'
import { publishable } from './workspace.mjs'

/** Every publishable package, packed, resolves with types for its consumers. */
export async function checkPackages() {
  let passed = 0
  const failures = []
  for (const { folder, manifest } of publishable()) {
    for (const [program, args] of [
      ['publint', ['--strict', '--pack', 'npm']],
      ['attw', ['--pack', '.', '--profile', 'esm-only']],
    ]) {
      const { code, output } = await runCommand(program, args, { cwd: folder })
      if (code === 0) passed++
      else failures.push(`${manifest.name}: ${program}\n${output}`)
    }
  }
  return { passed, failures }
}
