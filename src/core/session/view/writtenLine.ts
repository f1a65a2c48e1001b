/** Characters of a line of which the end is shown. */
const longest = 400;

/** The line that is being written, told anew with each piece: the pieces of a stream break anywhere, also in the middle of a word. */
export function writtenLine(tell: (line: string) => void): (piece: string) => void {
  let line = '';
  return (piece) => {
    line = (line + piece).split('\n').findLast((one) => one.trim() !== '')?.slice(-longest) ?? '';
    if (piece.endsWith('\n')) line += '\n';
    tell(line.trimEnd());
  };
}
