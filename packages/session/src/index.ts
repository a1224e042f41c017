export type { ByteStream } from './byte-stream.js'
export type { Answer, ChannelAnswer, ChannelCall, ChannelPlatform, TextPattern } from './channel/channel-call.js'
export { CliChannel } from './channel/cli-channel.js'
export type { ChannelEncoding, ChannelOptions } from './channel/cli-channel.js'
export { logIn } from './channel/login.js'
export type { LoginRequest } from './channel/login.js'
export { shapeOf } from './channel/text-shape.js'
export { sessionError } from './errors.js'
export type { HostKeyPolicy } from './host-keys/host-key-check.js'
export { createFileHostKeyStore } from './host-keys/file-host-key-store.js'
export { createMemoryHostKeyStore } from './host-keys/memory-host-key-store.js'
export { connectSsh } from './ssh/connect-ssh.js'
export type { SshServices } from './ssh/connect-ssh.js'
export { openSshShell } from './ssh/open-ssh-shell.js'
export type { SshShell } from './ssh/open-ssh-shell.js'
export type {
  NegotiatedSshAlgorithms,
  SshConnection,
  SshExecOptions,
  SshExit,
  SshHopInfo,
  SshProcess,
  SshStream,
  Terminal,
} from './ssh/ssh-connection.js'
export { defaultSshPort, sshDefaults } from './ssh/ssh-target.js'
export type { KeyboardAnswer, SshAlgorithms, SshEndpoint, SshTarget } from './ssh/ssh-target.js'
export { defaultTelnetPort, openTelnet } from './telnet/open-telnet.js'
export type { TelnetTarget } from './telnet/open-telnet.js'
export type { TelnetLineEnd } from './telnet/telnet-encoder.js'
export type { TelnetManner, TelnetStream } from './telnet/telnet-session.js'
