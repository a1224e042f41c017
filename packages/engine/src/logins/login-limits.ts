/** How often devices are dialled and credentials used. */
export interface LoginLimits {
  /** Connections to a device that fail in a row before it is left alone. 0: it never is. @defaultValue 5 */
  readonly deviceFailures: number
  /** How long it is left alone at first; twice as long after each try that fails, up to ten times. Seconds. @defaultValue 30 */
  readonly devicePauseSeconds: number
  /**
   * Devices that refuse a credential in a row before it is used nowhere, and refusals of one device before it is not used
   * there. 0: it always is. @defaultValue 3
   */
  readonly credentialFailures: number
  /** How long it is not used at first; twice as long after each try that fails, up to ten times. Seconds. @defaultValue 60 */
  readonly credentialPauseSeconds: number
  /** Logins of this process at one device in a minute; the others wait. 0: any number. @defaultValue 0 */
  readonly perDevicePerMinute: number
  /** The same with one credential. @defaultValue 0 */
  readonly perCredentialPerMinute: number
}
