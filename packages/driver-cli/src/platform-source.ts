import type { Platform } from '@netpulse/platforms'

/** Where platforms are looked up; a `PlatformCatalog` is one. */
export interface PlatformSource {
  get(nameOrAlias: string): Platform
  find(nameOrAlias: string): Platform | undefined
}

const telnetSuffix = /_telnet$/

/**
 * The platform of a device type. Netmiko's `_telnet` types say how to connect; without a platform of that very name it
 * is the one without the ending.
 * @throws PLATFORM_UNKNOWN with the nearest known name
 */
export function platformOf(platforms: PlatformSource, deviceType: string): Platform {
  return platforms.find(deviceType) ?? platforms.get(deviceType.replace(telnetSuffix, ''))
}
