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

/** Runs a script's work and turns its failure into an exit status. @param {() => Promise<number | void>} work */
export async function main(work) {
  try {
    process.exitCode = (await work()) ?? 0;
  } catch (error) {
    process.exitCode = 1;
    if (!(error instanceof Problem)) throw error;
    console.error(`\n✗ ${error.message}`);
    if (error.hint !== undefined) console.error(`  ${error.hint.replaceAll('\n', '\n  ')}`);
  }
}
