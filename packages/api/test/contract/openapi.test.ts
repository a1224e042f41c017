import { Validator } from '@seriousme/openapi-schema-validator'
import { describe, expect, it } from 'vitest'
import { startTestApi } from '../support/test-api.js'

interface Media {
  readonly example?: object
  readonly examples?: Readonly<Record<string, { readonly value: object }>>
}

interface Operation {
  readonly operationId?: string
  readonly requestBody?: { readonly content: Readonly<Record<string, Media>> }
  readonly responses: Readonly<Record<string, object>>
}

interface Document {
  readonly openapi: string
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: Readonly<Record<string, object>> }
}

async function documentOf(prefix = ''): Promise<Document> {
  await using api = await startTestApi({ prefix })
  return (await api.app.inject({ method: 'GET', url: `${prefix}/openapi.json` })).json<Document>()
}

const operationsOf = ({ paths }: Document) =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  )

describe('the OpenAPI document', () => {
  it('is valid OpenAPI 3.1', async () => {
    const document = await documentOf()
    expect(document.openapi).toBe('3.1.0')
    expect(await new Validator().validate({ ...structuredClone(document) })).toEqual({ valid: true })
  })

  it('has every route, each with a name of its own and its errors', async () => {
    const operations = operationsOf(await documentOf())
    expect(operations.map(({ method, path }) => `${method.toUpperCase()} ${path}`).sort()).toEqual([
      'DELETE /detached-tasks',
      'DELETE /detached-tasks/{task_id}',
      'DELETE /devices/{id}/hold',
      'DELETE /host-keys/{address}',
      'DELETE /jobs',
      'DELETE /jobs/{id}',
      'DELETE /keys/{id}',
      'DELETE /logins/pauses/{id}',
      'DELETE /storage/files/{id}',
      'DELETE /workers',
      'DELETE /workers/{name}',
      'GET /audit',
      'GET /audit/export',
      'GET /audit/head',
      'GET /detached-tasks',
      'GET /detached-tasks/{task_id}',
      'GET /devices/holds',
      'GET /events',
      'GET /health',
      'GET /health/live',
      'GET /health/ready',
      'GET /host-keys',
      'GET /jobs',
      'GET /jobs/{id}',
      'GET /jobs/{id}/deliveries',
      'GET /jobs/{id}/events',
      'GET /keys',
      'GET /keys/{id}',
      'GET /logins/pauses',
      'GET /storage/fetch/{file_id}',
      'GET /system/stats',
      'GET /webhooks/dead',
      'GET /workers',
      'POST /credentials/test',
      'POST /detached-tasks/discover',
      'POST /device/bulk',
      'POST /device/exec',
      'POST /device/test',
      'POST /keys',
      'POST /keys/{id}/rotate',
      'POST /storage/files',
      'POST /webhooks/dead/{id}/replay',
      'PUT /host-keys/{address}',
    ])
    const names = operations.map(({ operation }) => operation.operationId)
    expect(new Set(names).size).toBe(operations.length)
    expect(names).not.toContain(undefined)
    const probes = ['live', 'ready']
    const closed = operations.filter(({ operation }) => !probes.includes(operation.operationId!))
    for (const { operation } of closed) expect(Object.keys(operation.responses)).toContain('403')
  })

  it('names its models once and refers to them', async () => {
    const { components } = await documentOf()
    const models = ['JobInResponse', 'JobResult', 'DriverExecutionResult', 'ExecutionRequest', 'BulkExecutionRequest']
    expect(Object.keys(components.schemas)).toEqual(
      expect.arrayContaining([...models, 'BulkDeviceRequest', 'ErrorBody']),
    )
    expect(components.schemas['ErrorBody']).toMatchObject({ description: 'Every answer that is not a success.' })
    const job = JSON.stringify(components.schemas['JobInResponse'])
    expect(job).toContain('"#/components/schemas/JobResult"')
    expect(job).not.toContain('exit_status')
  })

  it('refers only to what it has', async () => {
    const document = await documentOf()
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)]
    expect(references.length).toBeGreaterThan(10)
    for (const [, name] of references) expect(Object.keys(document.components.schemas)).toContain(name)
  })

  it("has the drivers' own fields, and their switches in the request", async () => {
    const { components } = await documentOf()
    expect(components.schemas['echo.connection_args']).toMatchObject({ properties: { username: { type: 'string' } } })
    expect(components.schemas['ExecutionRequest']).toMatchObject({
      properties: { save: { type: ['boolean', 'null'] } },
    })
  })

  it('has examples that the server takes', async () => {
    const document = await documentOf()
    await using api = await startTestApi()
    const { info } = await api.keys.create({ name: 'to rotate', role: 'viewer' })
    let sent = 0
    for (const { path, method, operation } of operationsOf(document)) {
      const media = operation.requestBody?.content['application/json']
      if (media === undefined) continue
      const examples = [media.example, ...Object.values(media.examples ?? {}).map(({ value }) => value)].filter(
        (example) => example !== undefined,
      )
      expect(examples.length, `${path} has an example`).toBeGreaterThan(0)
      for (const example of examples) {
        const body = 'driver' in example ? { ...example, driver: 'echo' } : example
        const url = path.replace('{address}', '192.0.2.1:22').replace('{id}', info.id)
        const answer = await api.send(method.toUpperCase(), url, body)
        expect(answer.statusCode, answer.body).toBeLessThan(300)
        expect(answer.json<{ failed?: unknown[] }>().failed ?? []).toEqual([])
        sent++
      }
    }
    expect(sent).toBeGreaterThanOrEqual(4)
  })

  it('has the prefix of the API in its paths', async () => {
    const { paths } = await documentOf('/net')
    expect(Object.keys(paths)).toContain('/net/jobs/{id}')
  })

  it('comes with a page that needs nothing from elsewhere', async () => {
    await using api = await startTestApi()
    const page = await api.app.inject({ method: 'GET', url: '/docs/' })
    expect(page.headers['content-type']).toContain('text/html')
    const assets = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(
      ([, url]) => new URL(url!, 'http://server/docs/'),
    )
    expect(assets.length).toBeGreaterThan(3)
    for (const { host, pathname } of assets) {
      expect(host).toBe('server')
      expect((await api.app.inject({ method: 'GET', url: pathname })).statusCode, pathname).toBe(200)
    }
    expect(page.headers['content-security-policy']).not.toContain('upgrade-insecure-requests')
  })
})
