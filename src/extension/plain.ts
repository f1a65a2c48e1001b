/*
 * Texts that a model, a tool or a file may have written, made harmless for the places of the editor that give some of them
 * a meaning.
 */

/** For a notification, which makes links of `[words](target)`: also of commands, and then a click on words would act. */
export function plain(text: string): string {
  return text.replace(/\](?=\()/g, '] ');
}

/** For a terminal, which obeys control characters. Lines end as a terminal wants it. */
export function plainForTerminal(text: string): string {
  return text.replace(/[\0-\x08\x0b-\x1f\x7f-\x9f]/g, '').replaceAll('\n', '\r\n');
}
