export const marker: string
export function leaksIn(text: string, words?: readonly string[]): string[]
export function marked<Value>(value: Value): Value
export class LeakWatch {
  constructor(words: () => readonly string[])
  readonly found: ReadonlySet<string>
  look(text: string): void
}
