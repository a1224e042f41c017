import { describe, expect, it } from 'vitest'
import { createLogger } from '../../src/log.js'

function collect(level = 'debug') {
  const lines: Record<string, unknown>[] = []
  const logger = createLogger(level, { write: (line) => lines.push(JSON.parse(line) as Record<string, unknown>) })
  return { lines, logger }
}

describe('the log', () => {
  it('writes JSON lines with time, level, message and fields', () => {
    const { lines, logger } = collect()
    logger.warn({ device: 'r1' }, 'Slow')
    expect(lines).toEqual([{ level: 40, time: expect.any(String) as string, device: 'r1', message: 'Slow' }])
  })

  it('writes nothing below its level', () => {
    const { lines, logger } = collect('warn')
    logger.info({}, 'x')
    logger.debug({}, 'x')
    expect(lines).toEqual([])
  })

  const secrets: readonly { name: string; fields: Record<string, never> | object; message?: string }[] = [
    { name: 'a password field', fields: { password: 'hunter22' } },
    { name: 'a field deep within', fields: { request: { connection: [{ sudo_password: 'hunter22' }] } } },
    { name: 'a passphrase', fields: { passphrase: 'hunter22' } },
    { name: 'a secret', fields: { secret: 'hunter22', enable_secret: 'hunter22' } },
    { name: 'a private key', fields: { private_key: 'hunter22', pkey: 'hunter22' } },
    { name: 'a header', fields: { headers: { authorization: 'Bearer hunter22' } } },
    { name: 'a config line', fields: { line: 'enable secret hunter22' } },
    { name: 'a message', fields: {}, message: 'sent: snmp-server community hunter22 ro' },
    { name: 'an API key', fields: { text: `np_abcdefgh_${'hunter22'.padEnd(43, 'x')}` } },
  ]
  it.each(secrets)('hides $name', ({ fields, message = 'm' }) => {
    const { lines, logger } = collect()
    logger.error(fields as Record<string, never>, message)
    expect(lines).toHaveLength(1)
    expect(JSON.stringify(lines)).not.toContain('hunter22')
    expect(JSON.stringify(lines)).toContain('[redacted]')
  })
})
