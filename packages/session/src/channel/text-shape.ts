/**
 * Text without its content, for errors: letters become `a`, digits `9`. Says what a prompt looks like and tells nothing
 * of what the device printed. At most the last 80 characters.
 */
export function shapeOf(text: string): string {
  return text
    .slice(-80)
    .replace(/\p{Lu}/gu, 'A')
    .replace(/\p{Ll}|\p{Lo}/gu, 'a')
    .replace(/\p{N}/gu, '9')
}
