import { describe, expect, it } from 'vitest'
import { startTestApi } from '../support/test-api.js'

describe('GET /llms.txt', () => {
  it('is a text for everybody, in the order of llmstxt.org: name, summary, what to know, links', async () => {
    await using api = await startTestApi()
    const answer = await api.app.inject({ method: 'GET', url: '/llms.txt' })
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([200, 'text/plain; charset=utf-8'])
    const lines = answer.body.split('\n')
    expect(lines[0]).toBe('# NetPulse')
    expect(lines[2]).toMatch(/^> \S/)
    expect(lines.filter((line) => /^#+ /.test(line))).toEqual(['# NetPulse', '## Reference'])
    const links = lines.slice(lines.indexOf('## Reference') + 2).filter(Boolean)
    expect(links.length).toBeGreaterThan(1)
    for (const link of links) expect(link).toMatch(/^- \[[^\]]+\]\(\S+\): \S/)
  })

  it.each([
    { name: 'as it stands', options: {}, prefix: '', header: 'X-API-KEY' },
    {
      name: 'below a prefix, with a header of its own',
      options: { prefix: '/netpulse', apiKeyHeader: 'X-Our-Key' },
      prefix: '/netpulse',
      header: 'X-Our-Key',
    },
  ])('names what this server has: $name', async ({ options, prefix, header }) => {
    await using api = await startTestApi(options)
    const at = async (url: string) => (await api.app.inject({ method: 'GET', url })).statusCode
    const text = (await api.app.inject({ method: 'GET', url: `${prefix}/llms.txt` })).body
    expect(text).toContain(`\`${header}: KEY\``)
    const links = [...text.matchAll(/\]\((\S+)\)/g)].map(([, url]) => url!)
    for (const url of links) expect([url, await at(url)]).toEqual([url, 200])
    const document = (await api.app.inject({ method: 'GET', url: `${prefix}/openapi.json` })).json<{ paths: object }>()
    const paths = [...text.matchAll(/`(?:GET|POST|DELETE) ([^`?]+)/g)].map(([, path]) => path!)
    expect(paths.length).toBeGreaterThan(5)
    expect(Object.keys(document.paths)).toEqual(expect.arrayContaining(paths))
  })

  it('is not there without the document that it leads to', async () => {
    await using api = await startTestApi({ documentation: false })
    expect((await api.get('/llms.txt')).statusCode).toBe(404)
  })
})
