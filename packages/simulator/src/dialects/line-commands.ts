import type { Answer } from '../cli/cli-session.js'
import type { LineCommands, LineHandler } from '../cli/line-grammar.js'
import type { LineSession } from '../cli/line-session.js'

/** `terminal length 0` and its like: answers with nothing. */
const setRows: LineHandler = ({ login }, [rows]) => {
  login.screen.rows = Number(rows)
  return ''
}
const setColumns: LineHandler = ({ login }, [columns]) => {
  login.screen.columns = Number(columns)
  return ''
}

export const terminalCommands: LineCommands = [
  ['terminal length <rows>', setRows],
  ['terminal width <columns>', setColumns],
  ['terminal no monitor', () => ''],
  ['terminal monitor', () => ''],
]

export const closeSession: LineHandler = () => ({ output: '', close: true })

/** Asks for the secret, as often as `tries` says, and enters the privileged mode. */
export function enableWith(tries: number): LineHandler {
  return (session) => {
    if (session.level !== 'user') return ''
    return askSecret(session, tries)
  }
}

function askSecret(session: LineSession, tries: number): Answer {
  const answer = (text: string): Answer => {
    if (text === session.device.setup.secret) {
      session.level = 'exec'
      return { output: '' }
    }
    if (tries > 1) return askSecret(session, tries - 1)
    return session.refused(session.grammar.errors.badSecret)
  }
  return { output: '', ask: { prompt: 'Password: ', hidden: true, answer } }
}

export const disable: LineHandler = (session) => {
  session.level = 'user'
  return ''
}

/** Enters config mode, with the device's words. */
export function enterConfig(words: string): LineHandler {
  return (session) => {
    session.config.enter()
    return words
  }
}

/** Leaves the innermost section, or config mode at the top. */
export const exitConfig: LineHandler = (session) => {
  if (!session.config.up()) session.config.leave()
  return ''
}
export const endConfig: LineHandler = (session) => {
  session.config.leave()
  return ''
}

/** Running to startup, with the device's words. */
export function save(words: string): LineHandler {
  return (session) => {
    session.device.save()
    session.login.record.save()
    return words
  }
}

/** Asks where to, as IOS does for `copy running-config startup-config`; an empty answer takes the default. */
export function saveAfterQuestion(question: string, words: string): LineHandler {
  return (session) => {
    const answer = (): Answer => ({ output: String(save(words)(session, [])) })
    return { output: '', ask: { prompt: question, answer } }
  }
}

export const showIdentity: LineHandler = (session) => {
  const { name, platform, persona } = session.device.setup
  const { user, session: number } = session.login
  return session.show(
    `Device: ${name}\nPlatform: ${platform}\nSerial: ${persona.serial}\nUser: ${user}\nSession: ${number}\n`,
  )
}

export const runExec: LineHandler = (session, [line]) => session.runExec(line ?? '')
