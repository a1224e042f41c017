import nx from '@nx/eslint-plugin'
import tseslint from 'typescript-eslint'

/** Each vendor library has one importing package; here are the packages that may. */
const owners = {
  ssh2: ['session', 'simulator'],
  ioredis: ['queue-redis'],
  'bee-queue': ['queue-redis'],
  fastify: ['api'],
  libsql: ['queue'],
  ajv: ['core', 'plugin-host'],
  'prom-client': ['metrics'],
  undici: ['webhooks', 'credentials-vault'],
}

const below = (layer) => Array.from({ length: layer }, (_, index) => `layer:${index}`)

/** Down only, same layer never; plugins see what a third party gets; nothing imports a plugin. */
const layers = [
  ...Array.from({ length: 8 }, (_, layer) => ({
    sourceTag: `layer:${layer}`,
    onlyDependOnLibsWithTags: below(layer),
  })),
  { sourceTag: 'layer:plugin', onlyDependOnLibsWithTags: below(4) },
]

/** One block per owner, and first one for all others; the last block that fits a file wins. */
const bannedBlocks = [undefined, ...new Set(Object.values(owners).flat())].map((owner) => ({
  files: [owner === undefined ? '{packages,apps}/*/src/**/*.ts' : `packages/${owner}/src/**/*.ts`],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: Object.keys(owners)
          .filter((library) => owner === undefined || !owners[library].includes(owner))
          .map((library) => ({
            group: [library, `${library}/*`],
            message: `only ${owners[library].join(', ')} may import ${library}`,
          })),
      },
    ],
  },
}))

export default tseslint.config(
  { ignores: ['**/dist/**', '**/node_modules/**', '**/.nx/**', '**/fixtures/**'] },
  ...tseslint.configs.recommended,
  {
    plugins: { '@nx': nx },
    languageOptions: { ecmaVersion: 2023, sourceType: 'module' },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
  },
  {
    files: ['packages/*/src/**/*.ts', 'apps/*/src/**/*.ts'],
    rules: {
      '@nx/enforce-module-boundaries': ['error', { enforceBuildableLibDependency: true, depConstraints: layers }],
    },
  },
  ...bannedBlocks,
  {
    files: ['**/*.ts', '**/*.mjs', '**/*.js'],
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/no-non-null-assertion': 'off',
      complexity: ['error', 12],
      eqeqeq: 'error',
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      'max-params': ['error', 4],
      'no-control-regex': 'off', // terminals speak in control characters
    },
  },
  {
    files: ['packages/*/src/**/*.ts', 'apps/*/src/**/*.ts'],
    rules: {
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      'no-console': 'error',
    },
  },
  {
    files: ['packages/*/src/**/*.ts', 'apps/*/src/**/*.ts'],
    ignores: ['**/src/plugin.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportDefaultDeclaration', message: 'named exports only; a default export belongs to ./plugin' },
        { selector: 'ExportAllDeclaration', message: 'index.ts lists its names one by one' },
      ],
    },
  },
  // Generated, and as long as what it is generated from.
  { files: ['**/*.gen.ts'], rules: { 'max-lines': 'off' } },
)
