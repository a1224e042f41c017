import type { FileAccess } from '@netpulse/driver-sdk'

/** The files of a device that is a folder. */
export class FolderFiles implements FileAccess {
  constructor(options: {
    readonly root: string
    readonly log?: string
    readonly stopAfter?: number
    readonly damage?: boolean
  })
  readonly upload: FileAccess['upload']
  readonly download: FileAccess['download']
  readonly remove: FileAccess['remove']
}
