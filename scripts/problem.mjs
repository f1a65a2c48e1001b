/** Something that the reader of the terminal can mend: shown as text, without a stack. */
export class Problem extends Error {
  /** @param {string} message @param {string} [hint] what to do about it */
  constructor(message, hint) {
    super(message);
    this.hint = hint;
  }
}

/** One line of progress. @param {string} text */
export const say = (text) => console.log(`• ${text}`);

/** What to print for a failure: the stack only where nothing better is known. @param {unknown} error @returns {string} */
export function explained(error) {
  if (error instanceof Problem) return [error.message, ...(error.hint === undefined ? [] : [error.hint])].join('\n').replaceAll('\n', '\n  ');
  if (!(error instanceof Error)) return String(error);
  // esbuild has printed its findings with their places.
  return 'errors' in error && 'warnings' in error ? 'The build failed.' : (error.stack ?? error.message);
}

/** Runs a script's work and turns its failure into an exit status. @param {() => Promise<number | void>} work */
export async function main(work) {
  try {
    process.exitCode = (await work()) ?? 0;
  } catch (error) {
    process.exitCode = 1;
    console.error(`\n✗ ${explained(error)}`);
  }
}
