import { fileURLToPath } from 'node:url'
import { createContext, runInContext } from 'node:vm'
import { build } from 'esbuild'
import { describe, expect, it } from 'vitest'

/** What browsers have, and no more. */
const webGlobals = {
  ...{ AbortController, AbortSignal, Headers, Response, ReadableStream, TextDecoderStream, URL, URLSearchParams },
  ...{ setTimeout, clearTimeout, crypto, TypeError, Error },
}

const entry = fileURLToPath(new URL('../../dist/index.js', import.meta.url))

async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    platform: 'browser',
    format: 'iife',
    globalName: 'netpulse',
    write: false,
    logLevel: 'silent',
  })
  return outputFiles[0]!.text
}

describe('the client in a browser', () => {
  it('is one bundle without anything of Node, and of modest size', async () => {
    const code = await bundle()
    expect(code).not.toMatch(/\bnode:|\brequire\(/)
    expect(code.length).toBeLessThan(60_000)
  })

  it('runs where only the globals of the web are', async () => {
    const context = createContext({
      ...webGlobals,
      fetch: (url: string, { headers }: { headers: Record<string, string> }) =>
        Promise.resolve(Response.json([{ name: `${url} ${headers['authorization']}` }])),
    })
    runInContext(await bundle(), context)
    const script = `new netpulse.NetPulseClient({ url: 'https://np.test', apiKey: 'k' }).workers.list()`
    expect(await runInContext(script, context)).toEqual([{ name: 'https://np.test/workers Bearer k' }])
  })
})
