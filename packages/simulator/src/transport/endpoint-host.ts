import type { Screen } from '../cli/cli-session.js'
import type { Answer } from '../cli/cli-session.js'
import type { TerminalLink } from '../terminal/link.js'
import type { Shell } from '../terminal/shell.js'
import type { AuthMethod, DeviceSpec } from '../spec.js'
import type { Connection } from './connection.js'

/** An account that may log in. */
export interface Account {
  readonly username: string
  readonly password: string
  readonly privilege: number
}

/** What an SSH or telnet endpoint needs of its device. */
export interface EndpointHost {
  readonly spec: DeviceSpec
  readonly authMethods: readonly AuthMethod[]
  /** The account, when the password is right and no login is to be refused. Counts. */
  checkPassword(username: string, password: string, method: AuthMethod, session: number): Account | undefined
  /** The account of a user who proved it by key or needs no proof. Counts. */
  admit(username: string, method: AuthMethod, session: number): Account | undefined
  /** A login that failed for another reason than its password. Counts. */
  rejected(username: string, method: AuthMethod, session: number): void
  /** A shell for a login, not started; `undefined` when a fault took the login. */
  openShell(connection: Connection, account: Account, screen: Screen, link: TerminalLink): Shell | undefined
  /** Runs one command without a terminal. */
  runCommand(connection: Connection, account: Account, command: string): Promise<Answer>
}
