import type { Platform, Step } from '@netpulse/platforms'
import { findFailure, findRoute, loadPlatforms, modeOf, nextPager } from '@netpulse/platforms'
import { describe, expect, it } from 'vitest'
import { DialectRegistry } from '../../src/dialects/registry.js'
import type { Conversation } from '../support/conversation.js'
import { deviceOf } from '../support/conversation.js'

/** What the simulator says is what the platform definitions expect of the real thing. */
const rows: readonly { name: string; good: string; bad: string; isCandidate?: boolean }[] = [
  { name: 'cisco_iosxe', good: 'hostname r9', bad: 'bogus line' },
  { name: 'cisco_nxos', good: 'hostname r9', bad: 'bogus line' },
  { name: 'arista_eos', good: 'hostname r9', bad: 'bogus line' },
  { name: 'cisco_iosxr', good: 'hostname r9', bad: 'bogus line', isCandidate: true },
  { name: 'juniper_junos', good: 'set system host-name r9', bad: 'set bogus line', isCandidate: true },
  { name: 'huawei_vrp', good: 'sysname r9', bad: 'bogus line' },
  { name: 'frr_vtysh', good: 'hostname r9', bad: 'bogus line' },
  { name: 'linux', good: 'hostnamectl set-hostname r9', bad: 'bogus line' },
]

const registry = new DialectRegistry()
const catalog = loadPlatforms()

const lastLines = (platform: Platform, prompt: string): string =>
  prompt.split('\n').slice(-platform.promptLines).join('\n')

/** A driver reduced to its questions: types what the definition says and looks at what the definition looks at. */
class DefinitionWalker {
  readonly platform: Platform
  readonly session: Conversation

  constructor(platform: Platform, session: Conversation) {
    this.platform = platform
    this.session = session
  }

  get mode(): string | undefined {
    const prompt = lastLines(this.platform, this.session.waitsAt())
    return this.platform.prompt.matches(prompt) ? modeOf(this.platform, prompt, 'configuration')?.name : undefined
  }

  failure(line: string): string | undefined {
    return findFailure(this.platform, this.session.text(line))?.kind
  }

  walk(to: string): void {
    for (const steps of findRoute(this.platform, this.mode ?? '', to) ?? []) for (const step of steps) this.step(step)
  }

  step(step: Step): void {
    if (step.type === 'enter_mode') return this.walk(step.mode)
    expect(this.failure(step.input), step.input).toBeUndefined()
    if (step.type !== 'send_prompted_input') return
    expect(step.question.matches(this.session.waitsAt()), this.session.waitsAt()).toBe(true)
    this.session.type('text' in step.answer ? step.answer.text : 's3cret')
  }

  /** Types a line and answers the questions that the definition knows. */
  answered(line: string, answers: readonly { readonly question: RegExp; readonly answer: string }[]): void {
    expect(this.failure(line), line).toBeUndefined()
    for (const { question, answer } of answers) if (question.test(this.session.waitsAt())) this.session.type(answer)
  }
}

describe.each(rows)('$name as its platform definition has it', ({ name, good, bad, isCandidate = false }) => {
  const platform = catalog.get(name)
  const start = () => {
    const device = deviceOf(registry.get(name))
    const walker = new DefinitionWalker(platform, device.login({ privilege: name.startsWith('cisco_iosxe') ? 1 : 15 }))
    for (const step of platform.onOpen) walker.step(step)
    walker.walk(platform.defaultMode)
    return { device, walker }
  }
  const config = platform.config
  if (config === undefined) throw new Error(`${name} cannot be configured`)

  it('is in its default mode after the opening steps, without a pager', () => {
    const { walker } = start()
    expect(walker.mode).toBe(platform.defaultMode)
    if (name !== 'linux') expect(walker.session.cli.screen.rows).toBe(0)
  })

  it('is configured, and is back in its default mode', () => {
    const { device, walker } = start()
    walker.walk(config.mode)
    expect(walker.mode).toBe(config.mode)
    expect(walker.failure(good)).toBeUndefined()
    expect(config.candidate !== undefined).toBe(isCandidate)
    if (config.candidate !== undefined) {
      expect(walker.session.text(config.candidate.compare ?? '')).toContain('r9')
      for (const line of config.candidate.commit) expect(walker.failure(line)).toBeUndefined()
    }
    walker.walk(platform.defaultMode)
    expect(walker.mode).toBe(platform.defaultMode)
    expect(device.model.hostname).toBe('r9')
    if (config.save !== undefined) walker.answered(config.save.command, config.save.answers)
    expect(device.reports.filter((report) => report === 'save')).toHaveLength(config.save === undefined ? 0 : 1)
    expect(walker.mode).toBe(platform.defaultMode)
  })

  it('refuses so that the definition sees it, and a discarded candidate changes nothing', () => {
    const { device, walker } = start()
    expect(walker.failure('bogus line')).toMatch(/^(?:unknown_command|invalid_input)$/)
    walker.walk(config.mode)
    walker.session.type(good)
    expect(walker.failure(bad)).toMatch(/^(?:unknown_command|invalid_input)$/)
    for (const line of config.candidate?.discard ?? []) expect(walker.failure(line)).toBeUndefined()
    if (isCandidate) expect(device.model.hostname).toBe('r1')
    walker.walk(platform.defaultMode)
    expect(walker.mode).toBe(platform.defaultMode)
  })

  it('pauses with a pager that the definition knows', () => {
    const { text } = start().walker.session.cli.pager
    expect(nextPager(platform, `line\n${text}`) !== undefined || name === 'linux').toBe(true)
  })

  it('prints nothing in its show answers that the definition takes for a prompt or a failure', () => {
    const { walker } = start()
    let answered = 0
    const commands = ['show version', 'show running-config', 'show interfaces', 'show configuration', 'ip addr']
    for (const command of [...commands, 'display version', 'display current-configuration']) {
      const { output, refused } = walker.session.type(command)
      if (refused === true) continue
      answered++
      const lines = output.split('\n').filter((line) => line !== '')
      expect(lines.filter((line) => platform.prompt.matches(line))).toEqual([])
      expect(findFailure(platform, output)).toBeNull()
    }
    expect(answered).toBeGreaterThan(0)
  })
})

describe('refused commits', () => {
  it.each([
    { name: 'cisco_iosxr', lines: ['configure terminal', 'hostname r9', 'commit'] },
    { name: 'juniper_junos', lines: ['configure', 'set system host-name r9', 'commit'] },
  ])('are seen on $name', ({ name, lines }) => {
    const device = deviceOf(registry.get(name), { refusesAtCommit: () => true })
    const walker = new DefinitionWalker(catalog.get(name), device.login())
    const failures = lines.map((line) => walker.failure(line))
    expect(failures).toEqual([undefined, undefined, 'commit_failed'])
    expect(device.model.hostname).toBe('r1')
  })
})
