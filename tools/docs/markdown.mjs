/** In a cell of a table. */
export const cell = (text = '') => String(text).replaceAll('|', '\\|').replaceAll('\n', ' ')

export const code = (text) => `\`${text}\``

/** A table without padding: what is generated is read as a page, or by a program. */
export const table = (heads, rows) => [
  `| ${heads.join(' | ')} |`,
  `|${heads.map(() => '---').join('|')}|`,
  ...rows.map((row) => `| ${row.map(cell).join(' | ')} |`),
]

/** As GitHub makes anchors of headings. */
export const anchorOf = (heading) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}_\- ]/gu, '')
    .replaceAll(' ', '-')
