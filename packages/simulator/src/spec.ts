import type { RecordedSession } from '@netpulse/platforms/testing'
import type { Fault } from './device/faults.js'
import type { DeviceScript } from './device/script.js'

/** How a login may be proved. */
export type AuthMethod = 'password' | 'keyboard-interactive' | 'publickey' | 'none'

/** A further account of a device. */
export interface UserSpec {
  readonly username: string
  readonly password: string
  /** 15 starts in the privileged mode, less in the user mode. Default: the device's. */
  readonly privilege?: number
}

/** Log messages that the device prints by itself, without any timer: they come with what is printed anyway. */
export interface ChatterSpec {
  /** Puts a message between two lines of every n-th answer of more than one line. Default 0: never. */
  readonly inOutputEvery?: number
  /** Prints a message after every n-th prompt. Default 0: never. */
  readonly afterPromptEvery?: number
  /** Prints the prompt anew after a message, as `logging synchronous` does. Default `true`. */
  readonly redraw?: boolean
  /** @defaultValue a link-state message as IOS prints it */
  readonly message?: string
}

/** Splits what the device sends into pieces at random points; the seed makes it the same each time. */
export interface ChunkSpec {
  readonly seed: number
  /** Longest piece in bytes; also splits inside a UTF-8 character. Default 16. */
  readonly maxBytes?: number
  /** Time between two pieces, in ms. Default 0: at once, without a timer. */
  readonly delayMs?: number
}

/** What a device does beside answering; each may be changed while it runs, with `device.behave(...)`. */
export interface Behaviour {
  /** Time in ms between a line and its answer. Default 0: at once, without a timer. */
  readonly thinkTimeMs?: number
  /** Time in ms between the login and the first prompt. Default 0. */
  readonly loginDelayMs?: number
  /** `false`: the device never pauses its output, whatever the terminal's rows are. Default `true`, as devices do. */
  readonly pager?: boolean
  /** `false`: typed lines are not echoed. Default `true`. */
  readonly echo?: boolean
  /** Echo that reaches this column goes on in a new row. Default 0: never. */
  readonly wrapColumn?: number
  /** `readline`: a blank and a carriage return at the column; `newline`: CR LF. Default `readline`. */
  readonly wrapStyle?: 'readline' | 'newline'
  /** Colours and cursor moves around prompts and output. Default `false`. */
  readonly ansi?: boolean
  readonly chatter?: ChatterSpec
  readonly chunks?: ChunkSpec
  /** Lines that the device refuses, in the platform's words. They change nothing. */
  readonly refuse?: readonly RegExp[]
  /** Config lines that the device takes although its dialect does not know them. */
  readonly accept?: readonly RegExp[]
  /** Config lines that a candidate takes and that the commit then refuses. On Junos the line starts with `set`. */
  readonly refuseCommit?: readonly RegExp[]
  /** Logins that are refused although the password is right. Default 0; `Infinity`: all. */
  readonly refuseLogins?: number
  /** Connections at once; a further one is closed before any byte. Default: any number. */
  readonly maxSessions?: number
}

/** A device to simulate. Only `name` and `platform` are needed. */
export interface DeviceSpec extends Behaviour {
  /** Unique in its simulator; also its first hostname, and what its serial number and addresses follow from. */
  readonly name: string
  /** Platform name as the platforms package has it, or an alias that the dialect knows. */
  readonly platform: string
  /** Address to listen on. Give many devices one port on addresses 127.0.x.y. @defaultValue `127.0.0.1` */
  readonly host?: string
  /** SSH port; 0 takes a free one. @defaultValue 0 */
  readonly port?: number
  /** Also listens for telnet: on this port, or on a free one for 0. Absent: no telnet. */
  readonly telnetPort?: number
  /** @defaultValue `admin` */
  readonly username?: string
  /** @defaultValue `pw-<name>` */
  readonly password?: string
  /** What `enable` asks for. @defaultValue `en-<name>` */
  readonly secret?: string
  /** 15 starts in the privileged mode, less in the user mode. @defaultValue 15; 1 when `secret` is given */
  readonly privilege?: number
  /** Accounts beside `username`. */
  readonly users?: readonly UserSpec[]
  /** @defaultValue `['password', 'keyboard-interactive']`; `publickey` too when there are `authorizedKeys` */
  readonly auth?: readonly AuthMethod[]
  /** Public keys in OpenSSH format that may log in as any of the users. */
  readonly authorizedKeys?: readonly string[]
  /** Private host key in PEM or OpenSSH format. Default: one key pair for all devices of the simulator. */
  readonly hostKey?: string
  /** SSH algorithms that the device offers; for old devices. */
  readonly algorithms?: SshAlgorithms
  /** Text sent before the login (SSH banner; printed before the telnet login). */
  readonly banner?: string
  /** Text printed after the login, before the first prompt. @defaultValue the dialect's */
  readonly motd?: string
  /** First configuration; replaces the dialect's. Indented lines, or `set` lines on Junos. */
  readonly config?: string
  /** Puts the device's identity and the login into each show answer. @defaultValue `true` */
  readonly identity?: boolean
  /** Forwards TCP connections of its SSH clients: a jump host. @defaultValue `false` */
  readonly jump?: boolean
  /** Answers with what was recorded in place of a dialect. */
  readonly replay?: RecordedSession
  readonly faults?: readonly Fault[]
  readonly script?: DeviceScript
}

/** Names of SSH algorithms by kind, as RFC 4253 and its registry have them. */
export interface SshAlgorithms {
  readonly kex?: readonly string[]
  readonly cipher?: readonly string[]
  readonly hmac?: readonly string[]
  readonly serverHostKey?: readonly string[]
}
