import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const program = fileURLToPath(new URL('../../dist/main.js', import.meta.url))

async function run(args: readonly string[], until?: RegExp) {
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  let [out, err] = ['', '']
  child.stderr.on('data', (bytes: Buffer) => (err += bytes.toString()))
  child.stdout.on('data', (bytes: Buffer) => {
    out += bytes.toString()
    if (until?.test(out) === true) child.kill('SIGTERM')
  })
  const [code] = (await once(child, 'close')) as [number | null]
  return { out, err, code }
}

describe('netpulse-simulator', () => {
  it('prints how to reach each device and ends in order when told to', async () => {
    const { out, err, code } = await run(['--devices', '3'], /spine-1 .*\n/)
    expect(out).toMatch(/^core-1 +cisco_iosxe +ssh -p \d+ demo@127\.0\.0\.1 {3}password: demo\n/)
    expect({ err, code }).toEqual({ err: '', code: 0 })
  })

  it.each([
    { name: 'a wrong number', args: ['--devices', 'x'], message: '--devices must be an integer' },
    { name: 'an unknown option', args: ['--device', '1'], message: "Unknown option '--device'" },
    { name: 'an unknown platform', args: ['--platform', 'acme'], message: 'No dialect for platform "acme"' },
  ])('explains $name and fails', async ({ args, message }) => {
    const { err, code } = await run(args)
    expect(err).toContain(message)
    expect(code).toBe(1)
  })
})
