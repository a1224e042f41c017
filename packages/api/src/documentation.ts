import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { JsonSchema } from '@netpulse/core'
import type { FastifyInstance } from 'fastify'
import { llmsText, ownLinks } from './llms-text.js'
import { withFilePath, withForms } from './openapi-files.js'
import { hoistModels } from './openapi-models.js'

/** What the OpenAPI document says beside the routes. */
export interface DocumentOptions {
  readonly version: string
  readonly apiKeyHeader: string
  /** Schemas of the drivers' own fields. */
  readonly components: Readonly<Record<string, JsonSchema>>
}

declare module 'fastify' {
  interface FastifyInstance {
    /** The OpenAPI document of the NetPulse routes. */
    netpulseOpenApi(): object
  }
}

const about = `Commands and configuration for network devices, as jobs.

Each request needs an API key. A job tells the truth in two fields: \`status\` and \`outcome\`. The fields of a driver are
in the schemas \`<driver>.connection_args\`, \`<driver>.driver_args.command\` and \`<driver>.driver_args.config\`.`

/** Collects the routes that are added to `app` from now on into an OpenAPI 3.1 document. */
export async function documentRoutes(app: FastifyInstance, options: DocumentOptions): Promise<void> {
  await app.register(swagger, {
    // A name of our own: the application around may have a document of its own.
    decorator: 'netpulseOpenApi' as never,
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'NetPulse',
        version: options.version,
        description: about,
        license: { name: 'MIT', identifier: 'MIT' } as never,
      },
      servers: [{ url: '/', description: 'The server that gave the document.' }],
      tags: [
        { name: 'device', description: 'Run commands, apply configuration, test a login' },
        { name: 'credentials', description: 'Secrets that requests name instead of holding them' },
        { name: 'jobs', description: 'Read, wait for and cancel jobs' },
        { name: 'detached tasks', description: 'Work that goes on at a device when its job has ended' },
        { name: 'devices', description: 'Devices whose changes are held back' },
        { name: 'storage', description: 'Files on their way to devices and from them' },
        { name: 'webhooks', description: 'What became of the webhooks of jobs' },
        { name: 'host keys', description: 'Which host key each address is trusted with' },
        { name: 'workers', description: 'Who is working on what' },
        { name: 'keys', description: 'Make, rotate and end API keys' },
        { name: 'audit', description: 'Who did what to which device, as a chain of hashes' },
        { name: 'system', description: 'The server itself' },
      ],
      components: {
        securitySchemes: {
          apiKey: { type: 'apiKey', in: 'header', name: options.apiKeyHeader },
          bearer: { type: 'http', scheme: 'bearer' },
        },
      },
      security: [{ apiKey: [] }, { bearer: [] }],
    },
    transform: (route) => withFilePath(route as never) as never,
    transformObject: (document) =>
      'openapiObject' in document
        ? (hoistModels(withForms(document.openapiObject as never), options.components) as never)
        : document.swaggerObject,
  })
}

/** Without the step up to https, which would break a server that is reached by plain HTTP. */
const contentPolicy =
  "default-src 'self'; img-src 'self' data:; script-src 'self'; style-src 'self' 'unsafe-inline'; object-src 'none'; frame-ancestors 'none'"

/**
 * `/openapi.json`, at `/docs` a page to browse and try it, without anything from another server, and `/llms.txt` for
 * agents.
 */
export async function serveDocument(
  app: FastifyInstance,
  { apiKeyHeader }: Pick<DocumentOptions, 'apiKeyHeader'>,
): Promise<void> {
  const { prefix } = app
  const forAgents = llmsText({ apiKeyHeader, prefix, links: ownLinks(prefix) })
  app.get('/llms.txt', { schema: { hide: true } }, (_request, reply) =>
    reply.type('text/plain; charset=utf-8').send(forAgents),
  )
  const document = (): object => app.netpulseOpenApi()
  app.get('/openapi.json', { schema: { hide: true } }, () => Promise.resolve(document()))
  if (!app.hasDecorator('swagger')) app.decorate('swagger' as never, document as never)
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: contentPolicy as never,
    transformSpecification: document as never,
    transformSpecificationClone: false,
    uiConfig: { persistAuthorization: true, displayRequestDuration: true },
  })
}
