import type { DriverManifest } from '@netpulse/driver-sdk'

/** The driver of the box. */
declare const manifest: DriverManifest
export default manifest
