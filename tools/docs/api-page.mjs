import { anchorOf, cell } from './markdown.mjs'

const nameOf = (ref) => ref.slice('#/components/schemas/'.length)

const link = (name) => `[${name}](#${anchorOf(name)})`

/** What a value may be: `integer or null`, `array of JobInResponse`. */
function typeOf(schema) {
  if (schema.$ref !== undefined) return link(nameOf(schema.$ref))
  if (schema.anyOf !== undefined) return schema.anyOf.map(typeOf).join(' or ')
  if (schema.enum !== undefined) return schema.enum.map((word) => `\`${word}\``).join(' ')
  const types = [schema.type ?? 'any'].flat()
  return types
    .map((type) => (type === 'array' && schema.items !== undefined ? `array of ${typeOf(schema.items)}` : type))
    .join(' or ')
}

const limits = [
  ['minimum', (value) => `at least ${value}`],
  ['maximum', (value) => `at most ${value}`],
  ['minLength', (value) => `at least ${value} characters`],
  ['maxLength', (value) => `at most ${value} characters`],
  ['minItems', (value) => `at least ${value} entries`],
  ['maxItems', (value) => `at most ${value} entries`],
  ['default', (value) => `default \`${JSON.stringify(value)}\``],
]

function rulesOf(schema) {
  const rules = limits.filter(([key]) => schema[key] !== undefined).map(([key, say]) => say(schema[key]))
  return rules.join('; ')
}

function fieldRows(schema, prefix = '') {
  const required = new Set(schema.required ?? [])
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const path = `${prefix}${name}`
    const row = `| \`${path}\` | ${cell(typeOf(field))} | ${required.has(name) ? 'yes' : ''} | ${cell(rulesOf(field))} | ${cell(field.description)} |`
    const inner = field.items?.properties === undefined ? [field, `${path}.`] : [field.items, `${path}[].`]
    return [row, ...fieldRows(...inner)]
  })
}

function fieldTable(schema, always) {
  const rows = fieldRows(schema)
  if (rows.length === 0) return []
  return ['', `| field | type | ${always} | limits | meaning |`, '|---|---|---|---|---|', ...rows]
}

function parameterTable(parameters = []) {
  if (parameters.length === 0) return []
  const rows = parameters.map(
    ({ name, in: place, required, schema, description }) =>
      `| \`${name}\` | ${place} | ${cell(typeOf(schema))} | ${required ? 'yes' : ''} | ${cell(rulesOf(schema))} | ${cell(description)} |`,
  )
  return ['', '| parameter | in | type | required | limits | meaning |', '|---|---|---|---|---|---|', ...rows]
}

const jsonFence = (value) =>
  typeof value === 'string'
    ? ['', '```text', value.trimEnd(), '```']
    : ['', '```json', JSON.stringify(value, null, 2), '```']

const examplesOf = (media) =>
  media.example === undefined ? Object.values(media.examples ?? {}).map(({ value }) => value) : [media.example]

function bodyLines(requestBody) {
  return Object.entries(requestBody?.content ?? {}).flatMap(([type, media]) => [
    '',
    `Body (\`${type}\`): ${typeOf(media.schema)}`,
    ...examplesOf(media).flatMap(jsonFence),
  ])
}

const isSuccess = ([status]) => status.startsWith('2')

function answerLines([status, { description, content = {}, headers = {} }]) {
  return [
    ...Object.entries(content).flatMap(([type, media]) => [
      '',
      `Answer ${status} (\`${type}\`): ${typeOf(media.schema ?? {})}. ${description}`,
      ...examplesOf(media).slice(0, 1).flatMap(jsonFence),
    ]),
    ...Object.entries(headers).flatMap(([name, header]) => ['', `Header \`${name}\`: ${header.description}`]),
  ]
}

function refusalTable(responses) {
  const refusals = responses.filter((response) => !isSuccess(response))
  if (refusals.length === 0) return []
  const rows = refusals.map(([status, { description }]) => `| ${status} | ${cell(description)} |`)
  return ['', '| refused with | when |', '|---|---|', ...rows]
}

function operationLines({ method, path, operation }) {
  const { summary, description, parameters, requestBody, responses, operationId } = operation
  const answers = Object.entries(responses)
  return [
    '',
    `### ${method.toUpperCase()} ${path}`,
    '',
    `${summary}. ${description ?? ''} (\`${operationId}\`)`,
    ...parameterTable(parameters),
    ...bodyLines(requestBody),
    ...answers.filter(isSuccess).flatMap(answerLines),
    ...refusalTable(answers),
  ]
}

function modelLines([name, schema]) {
  const about = schema.description === undefined ? [] : ['', schema.description]
  return ['', `### ${name}`, ...about, ...fieldTable(schema, 'always')]
}

/** Every operation with its parameters, bodies, answers and errors, and every model with its fields. */
export function apiPage({ info, tags, paths, components }) {
  const operations = Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ method, path, operation })),
  )
  const groups = tags.flatMap(({ name, description }) => {
    const own = operations.filter(({ operation }) => operation.tags[0] === name)
    return own.length === 0 ? [] : ['', `## ${name}`, '', `${description}.`, ...own.flatMap(operationLines)]
  })
  return [
    '# HTTP API',
    '',
    'Generated by `node tools/docs/openapi.mjs` from the schemas of `@netpulse/api`, with the built-in drivers. The same as a',
    'document for programs: [openapi.json](openapi.json). A server gives its own, with its own drivers, at `/openapi.json`.',
    '',
    info.description,
    '',
    'Every refusal has the shape of [ErrorBody](#errorbody); its codes are in [errors](errors.md).',
    ...groups,
    '',
    '## Models',
    '',
    '`always`: the field is there in every request or answer. Others may be left out; in requests `null` is the same.',
    ...Object.entries(components.schemas).flatMap(modelLines),
    '',
  ].join('\n')
}
