/** Lines of a text that say something. Indentation stays: it carries meaning in configurations. */
export const linesOf = (text: string): string[] => text.split(/\r?\n/).filter((line) => line.trim() !== '')
