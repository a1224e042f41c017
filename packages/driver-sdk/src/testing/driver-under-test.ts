import type { Device, JsonObject } from '@netpulse/core'
import type { DriverManifest } from '../driver-manifest.js'

/** A driver with devices to try it on: what an author gives to the conformance kit. */
export interface DriverUnderTest {
  readonly name: string
  readonly manifest: DriverManifest
  /** The operator's options for `load`. @defaultValue `{}` */
  readonly pluginOptions?: JsonObject
  /** What the driver's sessions can do with these devices; what is missing is printed as not tested. */
  readonly declares: DriverAbilities
  /** A fresh device, real or simulated, listening. Each check gets its own and disposes it. */
  device(): Promise<TestDevice>
}

export interface DriverAbilities {
  /** `session.config` is there. */
  readonly config: boolean
  /** `session.config.candidate` is there. */
  readonly candidate: boolean
  /** `session.config.save` is there. */
  readonly save: boolean
  /** `driver_args` limit how long a command may go without its answer. */
  readonly readTimeout: boolean
  /** `session.files` is there, and `fileSchema` in the manifest. @defaultValue false */
  readonly files?: boolean
  /** `session.tasks` is there. @defaultValue false */
  readonly tasks?: boolean
}

/** One device with what the checks need to know about it. */
export interface TestDevice extends AsyncDisposable {
  readonly device: Device
  /** `connection_args` that log in. */
  readonly connection: JsonObject
  /** The same with a wrong password, key or token. */
  readonly wrongCredential: JsonObject
  readonly commands: {
    /** A command that the device accepts, with a text that its answer holds. */
    readonly accepted: { readonly command: string; readonly holds: string }
    /** A command that the device refuses. */
    readonly refused: string
    /** A command that the device never answers. */
    readonly hanging: string
    /** `driver_args` under which the driver gives up on it within a second; only with the ability `readTimeout`. */
    readonly hangingOptions?: JsonObject
  }
  /** Only with the ability `config`. */
  readonly config?: {
    readonly accepted: readonly string[]
    readonly refused: string
    /** Whether the lines accepted above are in force. */
    isApplied(): Promise<boolean>
    /** Whether they survive a restart; only with the ability `save`. */
    isSaved?(): Promise<boolean>
  }
  /** Only with the ability `files`. */
  readonly files?: {
    /** Path of a folder on the device that is empty and may be written to, without `/` at its end. */
    readonly folder: string
    /** What is at a path of the device; `undefined`: nothing. */
    read(path: string): Promise<Uint8Array | undefined>
    /** Puts a file on the device, with the folders above it. */
    write(path: string, content: Uint8Array): Promise<void>
  }
  /** Only with the ability `tasks`. */
  readonly tasks?: {
    /** Prints the text at once, starts a process of its own, and goes on for minutes. */
    readonly lasting: { readonly commands: readonly string[]; readonly prints: string }
    /** Prints the text, which has lines and letters beyond ASCII, and ends with the status. */
    readonly short: { readonly commands: readonly string[]; readonly prints: string; readonly exitStatus: number }
    /** Processes of the task that run, its children too. */
    processes(taskId: string): Promise<number>
  }
  /** Ends every connection from the device's side. */
  hangUp(): Promise<void>
  /** Resolves when nobody is connected. Must give up by itself after a few seconds. */
  noConnections(): Promise<void>
}
