import { existsSync, readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { root } from '../setup/prepare.mjs'
import { documentFile, filesOfApi } from '../docs/openapi.mjs'
import { runCommand } from './command.mjs'

/** The committed document, its page and the client's types are what the API says; the document is sound and complete. */
export async function checkOpenApi() {
  const files = await filesOfApi()
  const drifted = files.filter(({ file, text }) => !existsSync(file) || readFileSync(file, 'utf8') !== text)
  const document = JSON.parse(files.find(({ file }) => file === documentFile).text)
  const failures = [
    ...drifted.map(({ file }) => `${relative(root, file)} is not what the API says: run node tools/docs/openapi.mjs`),
    ...(await lint()),
    ...missingExamples(document),
    ...missingRefusals(document),
    ...unusedModels(document),
  ]
  return { passed: files.length + operationsOf(document).length - failures.length, failures }
}

async function lint() {
  const { code, output } = await runCommand(
    'redocly',
    ['lint', documentFile, '--config', 'tools/checks/redocly.yaml', '--format', 'stylish'],
    { env: { REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' } },
  )
  return code === 0 ? [] : [`redocly lint\n${output}`]
}

const operationsOf = ({ paths }) => Object.values(paths).flatMap((item) => Object.values(item))

const hasExample = ({ example, examples }) => example !== undefined || Object.keys(examples ?? {}).length > 0

/** A reader, and the test that sends the examples, need one of each body and of each part of a path. */
function missingExamples(document) {
  return operationsOf(document).flatMap(({ operationId, parameters = [], requestBody, responses }) => {
    const answers = Object.entries(responses).filter(([status]) => status.startsWith('2'))
    const bodies = [
      ...Object.values(requestBody?.content ?? {}).map((media) => ['its body', media]),
      ...parameters.filter(({ required }) => required).map((parameter) => [`parameter ${parameter.name}`, parameter]),
      ...answers.flatMap(([status, { content = {} }]) =>
        Object.entries(content).map(([type, media]) => [`its answer ${status} ${type}`, media]),
      ),
    ]
    return bodies.filter(([, part]) => !hasExample(part)).map(([what]) => `${operationId}: no example of ${what}`)
  })
}

/** `security: []` is said of those that need no key. */
function missingRefusals(document) {
  return operationsOf(document)
    .filter(({ security, responses }) => security?.length !== 0 && responses['403'] === undefined)
    .map(({ operationId }) => `${operationId}: no answer for a request without a key`)
}

const ofDriver = /\.(connection_args|driver_args\.(command|config))$/

/** Models that nothing refers to are left-overs, but for the drivers' own fields. */
function unusedModels(document) {
  const text = JSON.stringify(document)
  return Object.keys(document.components.schemas)
    .filter((name) => !ofDriver.test(name) && !text.includes(`"#/components/schemas/${name}"`))
    .map((name) => `the model ${name} is used by no operation`)
}
