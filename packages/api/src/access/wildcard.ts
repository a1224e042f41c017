/** Whether a text fits a pattern in which `*` stands for any characters and `?` for one. Takes time by their lengths. */
export function fitsWildcard(text: string, pattern: string): boolean {
  let [at, in_, star, mark] = [0, 0, -1, 0]
  while (at < text.length) {
    if (pattern[in_] === '*') [star, mark] = [in_++, at]
    else if (pattern[in_] === '?' || pattern[in_] === text[at]) [at, in_] = [at + 1, in_ + 1]
    else if (star !== -1) [in_, at] = [star + 1, ++mark]
    else return false
  }
  while (pattern[in_] === '*') in_++
  return in_ === pattern.length
}
