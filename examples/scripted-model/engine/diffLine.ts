/** Line number, in the new file, of the first added line of `file` that contains `part`; undefined where the diff has none. */
export function addedLine(diff: string, file: string, part: string): number | undefined {
  let current = '';
  let line = 0;
  for (const text of diff.split('\n')) {
    const header = /^\+\+\+ (?:b\/)?(.+?)\s*$/.exec(text);
    const hunk = /^@@ -\d+(?:,\d+)? \+(\d+)(?:,\d+)? @@/.exec(text);
    if (header !== null) current = header[1] ?? '';
    else if (hunk !== null) line = Number(hunk[1]);
    else if (text.startsWith('+') || text.startsWith(' ')) {
      if (current === file && text.startsWith('+') && text.includes(part)) return line;
      line += 1;
    }
  }
  return undefined;
}
