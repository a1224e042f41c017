import { existsSync, readFileSync } from 'node:fs'
import { defineConfig } from 'tsup'

interface PackageJson {
  exports: Record<string, string | { default: string }>
}

/** What the files below `bin` start, where there are any. */
const program = 'src/main.ts'

/** The built files that a package promises in `exports`, and its program, each with the source that it is built from. */
function entriesOf(pkg: PackageJson): Record<string, string> {
  const targets = Object.values(pkg.exports).map((target) => (typeof target === 'string' ? target : target.default))
  const built = targets.filter((file) => file.startsWith('./dist/'))
  const entries: Record<string, string> = existsSync(program) ? { main: program } : {}
  for (const file of built) {
    const name = file.slice('./dist/'.length).replace(/\.js$/, '')
    const source = `src/${name}.ts`
    if (!existsSync(source)) throw new Error(`${source} is missing: package.json promises ${file}`)
    entries[name] = source
  }
  return entries
}

const pkg = JSON.parse(readFileSync('package.json', 'utf8')) as PackageJson

/** Declarations come from `tsc -b`: the declaration build of tsup 8.5 fails with TypeScript 6. */
export default defineConfig({
  entry: entriesOf(pkg),
  format: 'esm',
  target: 'node20',
  platform: 'node',
  splitting: true,
  sourcemap: true,
  clean: true,
  dts: false,
  silent: true,
})
