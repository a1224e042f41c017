import { flawsOfAnswer, flawsOfModel } from './document.mjs'
import { leaksIn } from './marker.mjs'

const errorFlaws = (json) => {
  const flaws = flawsOfModel('ErrorBody', json)
  if (flaws.length > 0) return flaws
  const isWhole = json.detail !== '' && /^[A-Z][A-Z0-9_]+$/.test(json.code)
  return isWhole ? [] : [`the error has no detail or no code: ${JSON.stringify(json)}`]
}

/** An answer of no operation: another method, a path that leads elsewhere, a URL that is none. */
const elsewhere = [400, 403, 404, 405, 409, 413, 414, 415, 422, 429, 431, 503]

/** Odd headers are refused before it is known whom they are for. */
const headerRefusals = [400, 431]

function flawsOfStatus(request, answer) {
  const { status, headers } = answer
  if ((status === 429 || status === 503) && !/^[1-9]\d*$/.test(headers['retry-after'] ?? ''))
    return [`${status} without Retry-After`]
  if (!isOperation(request)) return elsewhere.includes(status) ? [] : [`${status} of no operation`]
  if (request.kind === 'headers' && headerRefusals.includes(status)) return []
  return flawsOfAnswer(request.operation, answer)
}

function flawsOfError(request, answer) {
  const { status, json, type } = answer
  if (status >= 500 && status !== 503) return [`it was answered with ${status}`]
  if (type !== 'application/json') return [`an error came as ${type || 'nothing'}`]
  const bug = json?.code === 'INTERNAL' ? ['the answer speaks of a bug'] : []
  return [...bug, ...errorFlaws(json), ...flawsOfStatus(request, answer)]
}

/** Whether the request went where the document says, whatever else is wrong with it. */
const isOperation = ({ method, operation, kind }) => method === operation.method && kind !== 'path'

/** Reads an answer's JSON in place. Returns what is wrong with it. */
function readJson(answer) {
  if (answer.type !== 'application/json' || answer.text === '') return []
  try {
    answer.json = JSON.parse(answer.text)
    return []
  } catch {
    return ['the JSON of the answer cannot be read']
  }
}

/** What is wrong with an answer; nothing when all is as it should be. */
export function flawsOf(request, answer, secrets) {
  if (answer.left === true) return []
  if (answer.failure !== undefined) return [`no answer: ${answer.failure} after ${Math.round(answer.ms)} ms`]
  const flaws = readJson(answer)
  const leaks = leaksIn(answer.text + JSON.stringify(answer.headers), secretsFor(request, secrets))
  flaws.push(...leaks.map(() => 'the answer holds a secret'))
  if (request.method === 'HEAD')
    return answer.status >= 500 && answer.status !== 503 ? [`HEAD: ${answer.status}`] : flaws
  if (answer.status >= 400) return [...flaws, ...flawsOfError(request, answer)]
  return isOperation(request) ? [...flaws, ...flawsOfAnswer(request.operation, answer)] : flaws
}

/** The two requests that make a key tell it, once. */
const secretsFor = ({ operation }, secrets) =>
  operation.id === 'createKey' || operation.id === 'rotateKey' ? [] : secrets
