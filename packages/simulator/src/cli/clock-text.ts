/** `09:14:02.123 UTC Tue Nov 24 2026`, as IOS-like devices print the time. */
export function clockText(at: Date): string {
  const [weekday = '', day, month, year, time] = at.toUTCString().replace(',', '').split(' ')
  const millis = String(at.getUTCMilliseconds()).padStart(3, '0')
  return `${time}.${millis} UTC ${weekday} ${month} ${Number(day)} ${year}`
}
