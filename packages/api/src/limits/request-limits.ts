/** How much callers may ask for. What is counted, is counted by each process for itself. */
export interface RequestLimits {
  /** Requests of one API key. Per second; 0: any number. @defaultValue 0 */
  readonly requestsPerSecond: number
  /** Requests that one API key may send at once, after a rest. 1 and more. @defaultValue 100 */
  readonly burst: number
  /** Requests with a wrong key from one address. Per minute; 0: any number. @defaultValue 60 */
  readonly failedLoginsPerMinute: number
  /** Devices of one `POST /device/bulk`. 1 and more. @defaultValue 10000 */
  readonly maxDevicesPerBulk: number
}

export const standardLimits: RequestLimits = {
  requestsPerSecond: 0,
  burst: 100,
  failedLoginsPerMinute: 60,
  maxDevicesPerBulk: 10_000,
}
