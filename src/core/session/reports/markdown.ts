/**
 * Text of a model, a file or a program as plain text in Markdown: it cannot open a heading, a list, a table cell, a link, an
 * image, code or HTML. CommonMark allows a backslash before any ASCII punctuation, so all of it is escaped.
 */
export function plainText(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ').trim().replace(/[!-/:-@[-`{-~]/g, '\\$&');
}

/** The text in a code span, whatever backticks it has. */
export function code(text: string): string {
  const clean = text.replace(/\s+/g, ' ').trim();
  const longest = Math.max(0, ...[...clean.matchAll(/`+/g)].map((run) => run[0].length));
  const fence = '`'.repeat(longest + 1);
  return clean === '' ? '' : `${fence} ${clean} ${fence}`;
}

/** A table; cells are Markdown already, except that they stay on one line and in their column. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map((cell) => cell.replace(/(?<!\\)\|/g, '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

export function list(items: readonly string[]): string {
  return items.length === 0 ? 'None.' : items.map((item) => `- ${item}`).join('\n');
}

/** A page: title and sections, those without content left out. */
export function page(title: string, sections: readonly (readonly [string, string])[]): string {
  return `# ${title}\n\n${sections.filter(([, body]) => body !== '').map(([name, body]) => `## ${name}\n\n${body}\n`).join('\n')}`;
}
