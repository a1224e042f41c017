import { coreError } from '@netpulse/core'

/** An instant as the API writes it: ISO 8601 with milliseconds. */
export type FormatTimestamp = (instant: Date) => string

/** `GMT+05:30` as `+05:30`; `GMT` alone is UTC. */
function offsetIn(zone: Intl.DateTimeFormat, instant: Date): string {
  const name = zone.formatToParts(instant).find((part) => part.type === 'timeZoneName')?.value ?? 'GMT'
  return name === 'GMT' ? '+00:00' : name.slice('GMT'.length)
}

function minutesOf(offset: string): number {
  const [hours = 0, minutes = 0] = offset.slice(1).split(':').map(Number)
  return (offset.startsWith('-') ? -1 : 1) * (hours * 60 + minutes)
}

/**
 * Writes instants in a time zone (`Europe/Berlin`), with its offset; in UTC, ending in `Z`, without one.
 * @throws INVALID_INPUT for a zone that is not in the IANA database
 */
export function timestampFormat(timeZone?: string): FormatTimestamp {
  if (timeZone === undefined || timeZone === '' || timeZone === 'UTC') return (instant) => instant.toISOString()
  const zone = zoneFormat(timeZone)
  return (instant) => {
    const offset = offsetIn(zone, instant)
    const local = new Date(instant.getTime() + minutesOf(offset) * 60_000)
    return local.toISOString().replace('Z', offset)
  }
}

function zoneFormat(timeZone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' })
  } catch (cause) {
    throw coreError(
      'INVALID_INPUT',
      `The time zone ${JSON.stringify(timeZone)} is not known. Example: Europe/Berlin.`,
      {
        cause,
      },
    )
  }
}
