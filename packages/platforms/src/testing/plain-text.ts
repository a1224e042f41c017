/** ANSI control sequences, operating system commands, and single-character escapes. */
const ansi = /\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_=>])/g

function withoutBackspaces(line: string): string {
  let text = ''
  for (const character of line) text = character === '\b' ? text.slice(0, -1) : text + character
  return text
}

/** Recorded bytes as a terminal shows them, as far as recordings need it: what prompts and refusals are looked for in. */
export function plainText(raw: string): string {
  return raw
    .replace(ansi, '')
    .replaceAll('\0', '')
    .replace(/\r+\n/g, '\n')
    .split('\n')
    .map((line) => withoutBackspaces(line.slice(line.lastIndexOf('\r') + 1)))
    .join('\n')
}
