export type { ByteStream } from './byte-stream.js'
