import { afterEach, describe, expect, it } from 'vitest'
import ssh2 from 'ssh2'
import type { AuthContext } from 'ssh2'
import { connectSsh } from '../../src/index.js'
import type { SshTarget } from '../../src/index.js'
import { errorOf } from '../support/errors-of.js'
import { newServices, noAbort } from '../support/services.js'
import { newKey, TestSshServer } from '../support/ssh-server.js'
import type { TestServerOptions } from '../support/ssh-server.js'

const cleanups: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function serve(options: TestServerOptions): Promise<TestSshServer> {
  const server = await TestSshServer.start(options)
  cleanups.push(() => server.close())
  return server
}

const targetOf = (server: TestSshServer, more: Partial<SshTarget> = {}): SshTarget => ({
  host: '127.0.0.1',
  port: server.port,
  username: 'netops',
  ...more,
})

async function logIn(server: TestSshServer, more: Partial<SshTarget>): Promise<void> {
  const connection = await connectSsh(targetOf(server, more), newServices(), noAbort())
  connection.close()
  await server.tcp.untilOpen(0)
}

const refusal = (server: TestSshServer, more: Partial<SshTarget>): ReturnType<typeof errorOf> =>
  errorOf(connectSsh(targetOf(server, more), newServices(), noAbort()))

/** Takes signatures of one public key. */
const byKey =
  (blob: string) =>
  (context: AuthContext): void => {
    if (context.method !== 'publickey' || context.key.data.toString('base64') !== blob)
      return context.reject(['publickey'])
    if (context.signature === undefined) return context.accept()
    const key = [ssh2.utils.parseKey(context.key.data)].flat()[0]
    const ok = !(key instanceof Error) && key?.verify(context.blob!, context.signature, context.hashAlgo) === true
    if (ok) context.accept()
    else context.reject(['publickey'])
  }

/** Asks these questions, and takes the answers when they are right. */
const byKeyboard =
  (rounds: readonly (readonly { prompt: string; echo: boolean; want: string }[])[]) =>
  (context: AuthContext): void => {
    if (context.method !== 'keyboard-interactive') return context.reject(['keyboard-interactive'])
    const ask = (index: number): void => {
      const questions = rounds[index]
      if (questions === undefined) return context.accept()
      const prompts = questions.map(({ prompt, echo }) => ({ prompt, echo }))
      context.prompt(prompts, (answers: unknown) => {
        const given = answers as readonly string[]
        if (questions.every(({ want }, at) => given[at] === want)) ask(index + 1)
        else context.reject(['keyboard-interactive'])
      })
    }
    ask(0)
  }

describe('an SSH login', () => {
  it('uses the password, after it asked what the server offers', async () => {
    const server = await serve({})
    await logIn(server, { password: 'secret' })
    expect(server.attempts).toEqual(['none', 'password'])
  })

  it('needs nothing where the server asks for nothing', async () => {
    const server = await serve({ onAuth: (context) => context.accept() })
    await logIn(server, { password: 'secret' })
    expect(server.attempts).toEqual(['none'])
  })

  it.each([
    { name: 'ed25519', key: newKey('ed25519'), passphrase: undefined },
    { name: 'rsa', key: newKey('rsa'), passphrase: undefined },
    { name: 'ecdsa', key: newKey('ecdsa'), passphrase: undefined },
    { name: 'encrypted ed25519', key: newKey('ed25519', 'open sesame'), passphrase: 'open sesame' },
  ])('uses an $name private key', async ({ key, passphrase }) => {
    const server = await serve({ onAuth: byKey(key.blob) })
    await logIn(server, { privateKey: key.private, ...(passphrase === undefined ? {} : { passphrase }) })
    expect(new Set(server.attempts)).toEqual(new Set(['none', 'publickey']))
  })

  it('goes on to the password when the server refuses the key', async () => {
    const onAuth = (context: AuthContext): void => {
      if (context.method === 'password' && context.password === 'secret') context.accept()
      else context.reject(['publickey', 'password'])
    }
    const server = await serve({ onAuth })
    await logIn(server, { privateKey: newKey().private, password: 'secret' })
    expect(server.attempts).toEqual(['none', 'publickey', 'password'])
  })

  it('gives key and then password to a server that wants both', async () => {
    const key = newKey()
    const checkKey = byKey(key.blob)
    let keyIsGood = false
    const onAuth = (context: AuthContext): void => {
      if (context.method === 'publickey' && context.signature !== undefined) {
        keyIsGood = true
        return context.reject(['password'], true)
      }
      if (context.method === 'publickey') return checkKey(context)
      if (keyIsGood && context.method === 'password' && context.password === 'secret') return context.accept()
      context.reject(['publickey'])
    }
    const server = await serve({ onAuth })
    await logIn(server, { privateKey: key.private, password: 'secret' })
    expect(server.attempts.at(-1)).toBe('password')
  })

  it('answers keyboard-interactive questions with name, password and configured answers, over several rounds', async () => {
    const rounds = [
      [
        { prompt: 'Username: ', echo: true, want: 'netops' },
        { prompt: 'Password: ', echo: false, want: 'secret' },
      ],
      [{ prompt: 'Verification code: ', echo: false, want: '123456' }],
    ]
    const server = await serve({ onAuth: byKeyboard(rounds) })
    const keyboardAnswers = [{ prompt: 'verification', answer: '123456' }]
    await logIn(server, { password: 'secret', keyboardAnswers })
    expect(server.attempts).toEqual(['none', 'keyboard-interactive'])
  })

  it('takes an empty round of questions for what it is', async () => {
    const rounds = [[], [{ prompt: 'Password: ', echo: false, want: 'secret' }]]
    const server = await serve({ onAuth: byKeyboard(rounds) })
    await logIn(server, { password: 'secret' })
    expect(server.attempts).toContain('keyboard-interactive')
  })
})

describe('a refused SSH login', () => {
  it('says what was tried and what the server offers, and never the password', async () => {
    const server = await serve({})
    const error = await refusal(server, { password: 'wrong-pass-word' })
    expect(error.code).toBe('AUTH_FAILED')
    expect(error.retryable).toBe(false)
    expect(error.message).toBe(
      `Device ${server.address} refused the login (tried: password; it offers: password), user netops.`,
    )
    expect(error.details).toEqual({
      hop: 'device',
      address: server.address,
      offered: ['password'],
      tried: ['password'],
    })
    expect(JSON.stringify([error, error.message, error.stack])).not.toContain('wrong-pass-word')
    await server.tcp.untilOpen(0)
  })

  it('sends the password once, also to a server that would take it by keyboard-interactive too', async () => {
    const server = await serve({ onAuth: (context) => context.reject(['password', 'keyboard-interactive']) })
    await refusal(server, { password: 'wrong' })
    expect(server.attempts).toEqual(['none', 'password'])
  })

  it('says so when nothing configured is offered', async () => {
    const server = await serve({ onAuth: (context) => context.reject(['publickey']) })
    const error = await refusal(server, { password: 'secret' })
    expect(error.message).toContain('tried: nothing that was configured; it offers: publickey')
    expect(server.attempts).toEqual(['none'])
  })

  it('names the question that nothing answers', async () => {
    const rounds = [[{ prompt: 'Verification code: ', echo: false, want: '1' }]]
    const server = await serve({ onAuth: byKeyboard(rounds) })
    const error = await refusal(server, { password: 'secret' })
    expect(error.code).toBe('AUTH_FAILED')
    expect(error.message).toContain('asks what nothing answers: "Verification code:"')
    await server.tcp.untilOpen(0)
  })

  it('does not answer a password question that comes back', async () => {
    const question = { prompt: 'Password: ', echo: false, want: 'secret' }
    const server = await serve({ onAuth: byKeyboard([[question], [question]]) })
    expect((await refusal(server, { password: 'secret' })).code).toBe('AUTH_FAILED')
  })

  it('counts a connection that is closed instead of an answer', async () => {
    const server = await serve({
      onAuth: (context) => {
        if (context.method === 'none') context.reject(['password'])
        else server.tcp.drop()
      },
    })
    const error = await refusal(server, { password: 'secret' })
    expect(error.code).toBe('AUTH_FAILED')
    expect(error.message).toContain('closed the connection instead of answering the login')
  })

  it('does not change an expired password', async () => {
    const server = await serve({
      onAuth: (context) => {
        if (context.method === 'password') context.requestChange('Your password has expired', () => undefined)
        else context.reject(['password'])
      },
    })
    const error = await refusal(server, { password: 'secret' })
    expect(error.code).toBe('AUTH_FAILED')
    expect(error.message).toContain('expired')
  })

  it('does without an agent that cannot be reached, and says so when that was all', async () => {
    const server = await serve({ onAuth: (context) => context.reject(['publickey']) })
    const error = await refusal(server, { agentSocket: '/nonexistent/agent.sock' })
    expect(error.code).toBe('AUTH_FAILED')
    expect(error.message).toContain('The SSH agent could not be used.')
  })
})

describe('a private key that cannot be used', () => {
  const encrypted = newKey('ed25519', 'open sesame').private
  it.each([
    {
      name: 'is no key',
      given: { privateKey: 'not a key at all' },
      says: 'its format is not one of OpenSSH, PEM, PPK',
    },
    { name: 'is public', given: { privateKey: newKey().public }, says: 'it is a public key' },
    { name: 'is encrypted', given: { privateKey: encrypted }, says: 'it is encrypted and no passphrase is given' },
    {
      name: 'has another passphrase',
      given: { privateKey: encrypted, passphrase: 'wrong one' },
      says: 'the passphrase does not open it',
    },
  ])('is refused before anything is dialled when it $name', async ({ given, says }) => {
    const server = await serve({})
    const error = await refusal(server, given)
    expect(error.code).toBe('INVALID_INPUT')
    expect(error.message).toContain(says)
    expect(error.message).not.toContain('wrong one')
    expect(error.details).toEqual({ errors: [{ path: 'connection_args.pkey', message: says }] })
    expect(server.tcp.accepted).toBe(0)
  })
})
