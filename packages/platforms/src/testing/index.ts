export type { RecordedExchange, RecordedSession } from './recorded-session.js'
export { createReplay } from './replay.js'
export type { Replay } from './replay.js'
export { loadSession, parseSession } from './session-file.js'
