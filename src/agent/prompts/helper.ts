/** The whole context of a read-only helper: its question. */
export function helperTurn(question: string): string {
  return `# Helper\nYou are a read-only helper of an engineer. Answer this question from the files of the workspace by read, glob and grep. Then stop calling tools and write the answer in at most 400 words, with file:line for each fact. Say what you did not find.\n\n${question}\n`;
}
