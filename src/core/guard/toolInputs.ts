import { z } from 'zod';
import type { ToolSpec } from '../transcript/message.ts';

/**
 * The tools that the model sees. Names, descriptions and schemas are constants, the same in every phase, so that the
 * cached prefix of a request lives through the session; what a phase forbids is refused on the call.
 */
const file_path = z.string().min(1).max(4096).describe('Path relative to the workspace folder.');
const view_range = z.array(z.int().min(1)).length(2).optional().describe('First and last line to show, counted from 1.');
const text = z.string().max(1_000_000);
const short = z.string().max(4000);
/** Names that the model chooses and a person may have to type: nothing in them separates names, or quotes. */
const chosenId = /^[A-Za-z0-9_.-]{1,40}$/;

const finding = z.strictObject({
  kind: z.enum(['requirement', 'weak-test', 'out-of-scope', 'numeric']), severity: z.enum(['critical', 'major', 'minor']),
  file: z.string().min(1).max(4096), line: z.int().min(1), claim: short,
  trigger: short.describe('The exact input or situation in which the claim shows.'),
  command: z.string().max(4000).optional().describe('A command line that exits with a status other than 0 while the finding is true.'),
});

const step = z.strictObject({
  id: z.string().regex(chosenId), title: short, depends_on: z.array(z.string()).max(50), files: z.array(z.string()).max(100), expected: short,
  check: z.string().optional().describe('Id of the oracle check that shows that the step is done.'),
});

const schemas = {
  read: z.strictObject({ file_path, view_range }),
  write: z.strictObject({ file_path, content: text }),
  edit: z.strictObject({ file_path, old_string: text.min(1), new_string: text, replace_all: z.boolean().optional() }),
  glob: z.strictObject({ pattern: z.string().min(1).max(1000), path: z.string().max(4096).optional() }),
  grep: z.strictObject({ pattern: z.string().min(1).max(1000), path: z.string().max(4096).optional() }),
  bash: z.strictObject({ command: z.string().min(1).max(20_000), timeout_ms: z.int().min(100).max(1_800_000).optional() }),
  explore: z.strictObject({ question: z.string().min(1).max(4000) }),
  submit_plan: z.strictObject({
    summary: short, integration_point: short,
    options: z.array(z.strictObject({ option: short, chosen: z.boolean(), why: short, expected: short.optional() })).min(1).max(10),
    files_to_change: z.array(z.string()).min(1).max(200), files_not_to_change: z.array(z.string()).max(200), steps: z.array(step).min(1).max(50),
    oracle: short, risks: z.array(short).max(20),
  }),
  run_oracle: z.strictObject({ check: z.string().optional().describe('Id of one check; all checks without it.') }),
  complete_phase: z.strictObject({ summary: short }),
  propose_amendment: z.strictObject({ change: z.string().min(1).max(8000).describe('A YAML fragment of the contract.'), why: short }),
  report_blocker: z.strictObject({ what: short, tried: short, needs: short }),
  record_decision: z.strictObject({ title: short, choice: short, because: short, supersedes: z.string().optional() }),
  read_artifact: z.strictObject({ id: z.string().regex(/^[0-9a-f]{64}$/), view_range }),
  diagnostics: z.strictObject({ file_path: file_path.optional() }),
  submit_decoys: z.strictObject({ decoys: z.array(z.strictObject({ name: z.string().regex(chosenId), wrong_how: short, patch: z.string().min(1).max(200_000) })).min(1).max(10) }),
  report_findings: z.strictObject({ findings: z.array(finding).max(50) }),
} as const;

const descriptions: Readonly<Record<ToolName, string>> = {
  read: 'Reads a text file of the workspace and shows it with line numbers. Long files are cut; ask for a range of lines then. The number of lines is always told, so do not count by eye.',
  write: 'Creates a file or replaces the whole content of a file. A file that exists must have been read before, and must not have changed since. Use edit for a small change of a large file.',
  edit: 'Replaces an exact piece of text of a file that has been read. The old text must occur exactly once, unless replace_all is true. Indentation and line ends count.',
  glob: 'Lists the files of the workspace whose path matches a glob such as src/**/*.js, optionally below one folder. Ignored and secret files are left out.',
  grep: 'Searches the text files of the workspace by a regular expression and shows path, line and text of each match, with the number of matches. Secret files are left out.',
  bash: 'Runs a command line in the workspace folder and shows its output and exit status. There is no network and no terminal, and nothing of the shell lives on to the next call. What a command changes is measured afterwards, and counts.',
  explore: 'Asks a read-only helper with a fresh context to look something up in the workspace. Only its summary comes back. Use it for a question that would need many files to be read.',
  submit_plan: 'Submits the plan that ends the phase explore: the integration point, the options weighed, the files to change and not to change, the steps, how the oracle will decide, and the risks. A person reads it and decides.',
  run_oracle: 'Makes Bounded run the oracle once on the current state of the work tree, in a clean checkout, and shows every figure beside its threshold. This is the only measurement that counts.',
  complete_phase: 'Asks Bounded to end the phase. Bounded evaluates every exit condition; where one does not hold, the answer lists what was wanted and what was measured. Say in the summary what was done, without claims that were not measured.',
  propose_amendment: 'Proposes a change of the contract to the user, as a fragment of its YAML, with the reason. Nothing changes unless a person approves it.',
  report_blocker: 'Reports that the work cannot go on: what is in the way, what was tried, and what is needed. This is an honest end, not a failure; use it rather than a work-around that hides the problem.',
  record_decision: 'Records a decision with its reason, so that later work can cite it. A decision that replaces an earlier one names its id.',
  read_artifact: 'Shows the whole output that an earlier result was cut from, by the id that the result names, optionally a range of lines.',
  diagnostics: 'Shows the problems that the language tools of the editor report now, for one file or for all. Where there is no editor it says so.',
  submit_decoys: 'Submits wrong implementations as unified diffs against the current work tree, each with the way in which it is wrong. Bounded runs the oracle on each in a throw-away checkout; a good oracle catches them all.',
  report_findings: 'Reports the findings of a review. Each names its kind, file and line in the diff, the claim, the exact trigger, and where possible a command that fails while the finding is true. An empty list is a good answer when nothing is wrong.',
};

export type ToolName = keyof typeof schemas;
export type ToolInput<N extends ToolName> = z.infer<(typeof schemas)[N]>;

export const toolNames = Object.keys(schemas) as readonly ToolName[];

/** What is sent to the model, in a fixed order. */
export const toolSpecs: readonly ToolSpec[] = toolNames.map((name) => {
  const { $schema: _, ...input_schema } = z.toJSONSchema(schemas[name], { target: 'draft-7', io: 'input' }) as Record<string, unknown>;
  return { name, description: descriptions[name], input_schema };
});

export function isToolName(name: string): name is ToolName {
  return Object.hasOwn(schemas, name);
}

/** The checked copy of a tool's input, or one line per fault with its place. */
export function parseToolInput<N extends ToolName>(name: N, input: unknown): { readonly ok: true; readonly input: ToolInput<N> } | { readonly ok: false; readonly faults: readonly string[] } {
  const result = schemas[name].safeParse(input);
  if (result.success) return { ok: true, input: result.data as ToolInput<N> };
  return { ok: false, faults: result.error.issues.map((issue) => `${issue.path.join('.') || 'input'}: ${issue.message}`) };
}
