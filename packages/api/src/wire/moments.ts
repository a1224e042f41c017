import { invalid } from '../validation.js'

/** A moment of a request. A `+` that was not encoded in a query arrives as a space. @throws INVALID_INPUT */
export function momentOf(text: string | undefined, name: string): Date | undefined {
  if (text === undefined) return undefined
  const iso = text.replace(/ (?=\d{2}:?\d{2}$)/, (space, offset: number) =>
    offset > 'YYYY-MM-DD'.length ? '+' : space,
  )
  const hasZone = /(Z|[+-]\d{2}:?\d{2})$/.test(iso.slice('YYYY-MM-DD'.length))
  const hasTime = iso.length > 'YYYY-MM-DD'.length
  const moment = new Date(hasTime && !hasZone ? `${iso}Z` : iso)
  if (Number.isNaN(moment.getTime())) throw invalid(name, 'must be a moment in ISO 8601, got another text')
  return moment
}

/** From when and until when a query asks for. @throws INVALID_INPUT */
export function periodOf({
  since,
  until,
}: {
  readonly since: string | undefined
  readonly until: string | undefined
}): {
  readonly since?: Date
  readonly until?: Date
} {
  const [from, to] = [momentOf(since, 'since'), momentOf(until, 'until')]
  return { ...(from === undefined ? {} : { since: from }), ...(to === undefined ? {} : { until: to }) }
}
