/** Names for a person or a model: the first ones, and how many more there are. A command may change tens of thousands of files. */
export function someOf(names: readonly string[], most = 20): string {
  return someNamed(names, (name) => name, most);
}

/** The same of things, by the name of each: of what is not shown no name is made. */
export function someNamed<Thing>(things: readonly Thing[], nameOf: (thing: Thing) => string, most = 20): string {
  const shown = things.slice(0, most).map(nameOf).join(', ');
  return things.length > most ? `${shown} and ${things.length - most} more` : shown;
}

/** Lines for a model: the first ones, and how many more there are. */
export function someLines(lines: readonly string[], most = 50): string {
  return [...lines.slice(0, most), ...(lines.length > most ? [`… and ${lines.length - most} more`] : [])].join('\n');
}
