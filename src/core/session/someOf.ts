/** Names for a person or a model: the first ones, and how many more there are. A command may change tens of thousands of files. */
export function someOf(names: readonly string[], most = 20): string {
  const shown = names.slice(0, most).join(', ');
  return names.length > most ? `${shown} and ${names.length - most} more` : shown;
}

/** Lines for a model: the first ones, and how many more there are. */
export function someLines(lines: readonly string[], most = 50): string {
  return [...lines.slice(0, most), ...(lines.length > most ? [`… and ${lines.length - most} more`] : [])].join('\n');
}
