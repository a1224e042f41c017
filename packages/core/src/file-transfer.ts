/** How a file is copied. The words are the reference's; what is not said has its default. */
export interface TransferOptions {
  /** Replace what is at the target. Without it an existing target is a refusal of the kind `exists`. */
  readonly overwrite: boolean
  /** Keep the bytes that an earlier try has brought to the target, and copy the rest. */
  readonly resume: boolean
  /** The path is a folder: copy all that is in it. */
  readonly recursive: boolean
  /** `hash`: copy nothing when both sides have the same hash already. */
  readonly syncMode: 'full' | 'hash'
  readonly hashAlgorithm: HashAlgorithm
  /** Compare the hashes of both sides after the copy. */
  readonly verify: boolean
  /** Bytes per read and write. */
  readonly chunkSizeBytes: number
  /** Permissions of the file on the device, in octal: `0755`. Uploads only. */
  readonly mode?: string
}

export const hashAlgorithms = ['md5', 'sha1', 'sha256', 'sha512'] as const

export type HashAlgorithm = (typeof hashAlgorithms)[number]

/** The other end of a transfer, on NetPulse's side. */
export type TransferPlace =
  /** A file that a client has uploaded, by its id, with the name that the client gave it. */
  | { readonly type: 'staged'; readonly id: string; readonly name: string }
  /** A path below the staging folder, with `/` between its parts: what an operator has put there. */
  | { readonly type: 'path'; readonly path: string }
  /** A file of the job's own in the staging folder, that clients can fetch. */
  | { readonly type: 'fetchable'; readonly name: string }

/** A file to send to a device, or to fetch from it. */
export interface FileTransfer {
  readonly direction: 'upload' | 'download'
  /** Path on the device, with the name of the file. */
  readonly remotePath: string
  readonly place: TransferPlace
  readonly options: TransferOptions
  /** What to run on the device once the file is there. */
  readonly execute?: TransferCommand
}

/** A transfer as one line: `upload /tmp/image.bin`. */
export const transferLine = ({ direction, remotePath }: FileTransfer): string => `${direction} ${remotePath}`

/** A command that follows an upload. */
export interface TransferCommand {
  readonly command: string
  /** Remove the file afterwards, whatever came of the command. */
  readonly cleanUp: boolean
}

/** How far a transfer is. */
export interface TransferProgress {
  /** Bytes that were copied so far, without those that were there before. */
  readonly transferredBytes: number
  /** Bytes to copy in all, where that is known. */
  readonly totalBytes?: number
}

/** A file that a job has brought, in the staging folder. */
export interface StoredFile {
  /** What `GET /storage/fetch/{file_id}` takes. */
  readonly id: string
  readonly sizeBytes: number
}
