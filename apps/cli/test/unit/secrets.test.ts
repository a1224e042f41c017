import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { confirm } from '../../src/confirm.js'
import { deviceLogin } from '../../src/secrets/device-login.js'
import { askSecret } from '../../src/secrets/prompt.js'
import { temporaryFolder } from '../support/netpulse-program.js'

/** A terminal on which a test types. */
function terminal(env: Record<string, string> = {}, isTTY = true) {
  const raw: boolean[] = []
  const stdin = Object.assign(new PassThrough(), { isTTY, setRawMode: (on: boolean) => void raw.push(on) })
  const stderr = new PassThrough({ encoding: 'utf8' })
  const parts = {
    ...{ args: [], env, cwd: '/', homeDir: '/', interrupted: new AbortController().signal },
    ...{ stdin, stdout: new PassThrough(), stderr },
  }
  return { parts, raw, stdin, shown: () => String(stderr.read() ?? '') }
}

describe('a secret that is asked for', () => {
  it('is not shown, may be corrected, and leaves the terminal as it was', async () => {
    const { parts, raw, stdin, shown } = terminal()
    const answer = askSecret(parts, 'Password')
    stdin.write('secrex')
    stdin.write('\u007ft\r')
    expect(await answer).toBe('secret')
    expect(shown()).toBe('Password: \n')
    expect(raw).toEqual([true, false])
  })

  it.each([
    { name: 'Ctrl-C', typed: 'abc\u0003' },
    { name: 'nothing', typed: '\r' },
  ])('is missing after $name', async ({ typed }) => {
    const { parts, raw, stdin } = terminal()
    const answer = askSecret(parts, 'Password')
    stdin.write(typed)
    await expect(answer).rejects.toMatchObject({ code: 'SECRET_MISSING' })
    expect(raw).toEqual([true, false])
  })

  it('is missing where nobody is', async () => {
    await expect(askSecret(terminal({}, false).parts, 'Password')).rejects.toMatchObject({ code: 'SECRET_MISSING' })
  })
})

describe('a question', () => {
  const ask = (typed: string, isTTY = true) => {
    const { parts, stdin } = terminal({}, isTTY)
    const stderr = Object.assign(parts.stderr, { isTTY })
    const answered = confirm({ ...parts, stderr }, 'Change 3 devices?')
    stdin.write(typed)
    return answered
  }

  it.each([{ typed: 'y\n' }, { typed: ' YES\n' }])('is answered with yes by $typed', async ({ typed }) => {
    await expect(ask(typed)).resolves.toBeUndefined()
  })

  it.each([{ typed: '\n' }, { typed: 'n\n' }, { typed: 'maybe\n' }])(
    'is answered with no by $typed',
    async ({ typed }) => {
      await expect(ask(typed)).rejects.toThrow('Nothing was sent.')
    },
  )

  it('is not asked where nobody is', async () => {
    await expect(ask('', false)).resolves.toBeUndefined()
  })
})

describe('the login', () => {
  it('comes from the environment, and a file wins', async () => {
    await using folder = await temporaryFolder()
    const passwordFile = await folder.write('password', 'of the file\n')
    const env = { NETPULSE_DEVICE_USERNAME: 'u', NETPULSE_DEVICE_PASSWORD: 'of the env', NETPULSE_DEVICE_SECRET: 's' }
    const { parts } = terminal(env)
    expect(await deviceLogin(parts, {})).toEqual({ username: 'u', password: 'of the env', secret: 's' })
    expect(await deviceLogin(parts, { passwordFile })).toMatchObject({ password: 'of the file' })
  })

  it('asks for the password of a known user, and not when there is a key', async () => {
    await using folder = await temporaryFolder()
    const privateKeyFile = await folder.write('key', 'PEM\n')
    const { parts, stdin, shown } = terminal()
    const asked = deviceLogin(parts, { username: 'admin' })
    stdin.write('typed\r')
    expect(await asked).toEqual({ username: 'admin', password: 'typed' })
    expect(shown()).toContain('Password of admin: ')
    expect(await deviceLogin(parts, { username: 'admin', privateKeyFile })).toEqual({
      username: 'admin',
      pkey: 'PEM\n',
    })
  })

  it('is refused from an empty file', async () => {
    await using folder = await temporaryFolder()
    const passwordFile = await folder.write('password', '\n')
    await expect(deviceLogin(terminal().parts, { passwordFile })).rejects.toMatchObject({ code: 'SECRET_MISSING' })
  })
})
