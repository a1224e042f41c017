import { once } from 'node:events'
import { afterEach, expect, it } from 'vitest'
import { isNetPulseError } from '@netpulse/core'
import { storeError } from '../../src/connection/store-error.js'
import { connectionNames } from '../support/bee.js'
import { Recorder } from '../support/recorder.js'
import { describeOwnRedis, LogBook, RedisBench } from '../support/redis.js'

const bench = new RedisBench()
afterEach(() => bench.close())

/** How a promise ended: its value, or code and message of our error. */
const outcome = (answer: Promise<unknown>): Promise<unknown> =>
  answer.catch((error: unknown) => {
    const ours = storeError(error)
    return isNetPulseError(ours) ? `${ours.code} ${ours.kind} ${ours.retryable}: ${ours.message}` : ours
  })

describeOwnRedis('a lost Redis', () => {
  it('is one line in the log, and one more when it is back; commands wait for it', async () => {
    const server = await bench.server({ appendonly: true })
    const log = new LogBook()
    const { commands } = await bench.connect({ url: server.url }, log)
    await server.kill()
    await log.line(/is lost/)
    const waiting = commands.set('{np}:x', '1')
    await server.restart()
    expect(await waiting).toBe('OK')
    const back = await log.line(/is back/)
    expect(back).toMatchObject({ level: 'info', fields: { awayMs: expect.any(Number) } })
    expect(log.lines.map(({ message }) => message)).toEqual([
      `Redis at 127.0.0.1:${server.port} is lost; connecting again.`,
      `Redis at 127.0.0.1:${server.port} is back.`,
    ])
  })

  it('fails a command that has waited its time, and never runs it later', async () => {
    const server = await bench.server({ appendonly: true })
    const log = new LogBook()
    const { commands } = await bench.connect({ url: server.url, commandTimeoutMs: 200 }, log)
    await server.kill()
    await log.line(/is lost/)
    const pipeline = outcome(commands.multi().set('{np}:late', '1').set('{np}:later', '1').exec())
    const failed =
      'STORE_UNAVAILABLE unavailable true: Redis did not answer in time; whether the change was made is not known.'
    expect(await outcome(commands.set('{np}:late', '1'))).toBe(failed)
    expect(await pipeline).toBe(failed)
    await server.restart()
    await log.line(/is back/)
    expect(await commands.exists('{np}:late', '{np}:later')).toBe(0)
    expect(await commands.set('{np}:x', '1')).toBe('OK')
  })

  it('is noticed when it stops without a word, on all connections', async () => {
    const server = await bench.server()
    const log = new LogBook()
    const connections = await bench.connect({ url: server.url, commandTimeoutMs: 300 }, log)
    const { commands, subscriber } = connections
    await subscriber.subscribe('{np}:x')
    const blocking = connections.duplicate()
    await blocking.ping()
    const popped = blocking.brpoplpush('{np}:from', '{np}:to', 0)
    server.pause()
    expect(await outcome(commands.ping())).toMatch(/^STORE_UNAVAILABLE/)
    await log.line(/is lost/)
    const renewed = once(blocking, 'close')
    server.resume()
    await renewed
    await log.line(/is back/)
    expect(log.matching(/is lost|is back/)).toHaveLength(2)
    await commands.lpush('{np}:from', 'a')
    expect(await popped).toBe('a')
    const names = await connectionNames(commands)
    expect([...names].sort()).toEqual(['netpulse-blocking', 'netpulse-commands', 'netpulse-subscriber'])
  })

  it('is told to listeners when the subscriptions are in force again', async () => {
    const server = await bench.server()
    const connections = await bench.connect({ url: server.url })
    const { commands, subscriber } = connections
    await subscriber.subscribe('{np}:x')
    const messages = new Recorder<string>()
    subscriber.on('message', (_channel: string, text: string) => messages.add(text))
    const receivers = new Recorder<Promise<number>>()
    const stop = connections.onReconnect(() => receivers.add(commands.publish('{np}:x', 'hello')))
    await server.restart()
    const counts = await Promise.all(await receivers.count(2))
    expect(counts.at(-1)).toBe(1)
    expect(await messages.count(1)).toContain('hello')
    stop()
  })

  it('leaves no connection and no timer when the process closes meanwhile', async () => {
    const server = await bench.server()
    const log = new LogBook()
    const connections = await bench.connect({ url: server.url }, log)
    connections.duplicate()
    await server.kill()
    await log.line(/is lost/)
    await connections.close()
    await connections.close()
    await server.restart()
    expect(await connectionNames(bench.client(server.url))).toEqual([])
    expect(await outcome(connections.commands.ping())).toMatch(/^STORE_UNAVAILABLE/)
  })

  it('waits at the close for the answers to what was sent', async () => {
    const server = await bench.server()
    const connections = await bench.connect({ url: server.url })
    const answers = Array.from({ length: 100 }, (_, n) => connections.commands.set(`{np}:${n}`, '1'))
    await connections.close()
    expect(new Set(await Promise.all(answers))).toEqual(new Set(['OK']))
  })
})

describeOwnRedis('a server that refuses', () => {
  it('is STORE_UNAVAILABLE with the reason, without the arguments of the command', async () => {
    const server = await bench.server()
    const { commands } = await bench.connect({ url: server.url })
    const admin = bench.client(server.url)
    await admin.config('SET', 'maxmemory', '1')
    const full = storeError(await commands.set('{np}:x', 'canary').catch((error: unknown) => error))
    expect(full).toMatchObject({ code: 'STORE_UNAVAILABLE', message: 'Redis refused: its memory is full (maxmemory).' })
    expect(JSON.stringify({ ...(full as Error & { cause: object }).cause })).not.toContain('canary')
    await admin.config('SET', 'maxmemory', '0')
    const bug = storeError(await commands.call('NOSUCH', 'canary').catch((error: unknown) => error)) as Error
    expect(isNetPulseError(bug)).toBe(false)
    expect(`${bug.message} ${bug.stack} ${JSON.stringify(bug)}`).not.toContain('canary')
  })
})
