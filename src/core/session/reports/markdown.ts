// Controls, line and paragraph separators.
const breaks = /[\p{Cc}\p{Zl}\p{Zp}]+/gu;
// Bytes of a name or a text that are no UTF-8: no file can hold what stands for them here.
const noText = /\p{Cs}/gu;
// Marks that hide or reorder the characters around them.
const deceptive = /[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]|[\u{e0000}-\u{e007f}]/gu;

/** The text on one line, without characters that steer a terminal or make one text look like another. */
export function oneLine(text: string): string {
  return text.replace(breaks, ' ').replace(noText, '\ufffd').replace(deceptive, '').replace(/ {2,}/g, ' ').trim();
}

/**
 * Text of a model, a file or a program as plain text in Markdown: it cannot open a heading, a list, a table cell, a link, an
 * image, code, mathematics or HTML. Only what could do that is escaped, so that the source stays legible.
 */
export function plainText(text: string): string {
  return oneLine(text)
    .replace(/[\\`*[\]|~$]/g, '\\$&')
    .replace(/<(?=[a-z/!?])/gi, '\\<')
    .replace(/&(?=[a-z#])/gi, '\\&')
    .replace(/(?<![\p{L}\p{N}_])_+|_+(?![\p{L}\p{N}_])/gu, (run) => run.replaceAll('_', '\\_'))
    // What renderers make a link of without being asked.
    .replace(/:(?=\/\/)/g, '\\:').replace(/(www|mailto|xmpp)([.:])/gi, '$1\\$2').replace(/@(?=[a-z0-9])/gi, '\\@')
    .replace(/^[#+=>-]/, '\\$&').replace(/^(\d+)([.)])/, '$1\\$2');
}

/** The text in a code span, whatever backticks it has. In a table `tableCode` is needed. */
export function code(text: string): string {
  const clean = oneLine(text);
  const longest = Math.max(0, ...[...clean.matchAll(/`+/g)].map((run) => run[0].length));
  const fence = '`'.repeat(longest + 1);
  const pad = clean.startsWith('`') || clean.endsWith('`') ? ' ' : '';
  return clean === '' ? '' : `${fence}${pad}${clean}${pad}${fence}`;
}

/** Code in a cell of a table: renderers do not agree on `|` and `\` in a code span there, so such a text is no code. */
export function tableCode(text: string): string {
  return /[|\\]/.test(text) ? plainText(text) : code(text);
}

/** A table. Cells are Markdown of `plainText` or `tableCode`. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

export function list(items: readonly string[]): string {
  return items.length === 0 ? 'None.' : items.map((item) => `- ${item}`).join('\n');
}

/** More lines are no page for people: the trace has every one. */
const linesListed = 100;

/** A list of the first things, and how many more there are. */
export function firstOf<Thing>(things: readonly Thing[], lineOf: (thing: Thing) => string): string {
  const more = things.length - linesListed;
  return list([...things.slice(0, linesListed).map(lineOf), ...(more > 0 ? [`and ${more} more, which the trace has`] : [])]);
}

/** A page: title and sections, those without content left out. */
export function page(title: string, sections: readonly (readonly [string, string])[]): string {
  return `# ${title}\n\n${sections.filter(([, body]) => body !== '').map(([name, body]) => `## ${name}\n\n${body}\n`).join('\n')}`;
}
