import type { PhaseName } from '../../../../src/core/contract/contract.ts';
import type { CellClass, OracleRun, RunPurpose } from '../../../../src/core/oracle/result.ts';
import type { Write } from '../../../../src/core/session/changes.ts';
import type { SessionEvent } from '../../../../src/core/session/events.ts';
import type { Finding, Flag, GateAnswer, GateKind, Plan } from '../../../../src/core/session/session.ts';
import type { AssistantBlock, StopReason } from '../../../../src/core/transcript/message.ts';

/** Bricks of a journal, each one or few events as the agent records them. */

export const base: SessionEvent = { type: 'base/taken', base: { tree: 't0', commit: 'k0', head: 'h0', branch: 'main', dirty: ['notes.txt'], notCovered: ['big.bin'] } };

export const phase = (name: PhaseName, round = 0): SessionEvent => ({ type: 'phase/started', phase: name, round });

export const opened = (conversation: string, role: 'main' | 'helper' | 'decoys' | 'reviewer' = 'main', parentCall?: string): readonly SessionEvent[] => [
  { type: 'conversation/opened', conversation, role, model: 'm', ...(parentCall === undefined ? {} : { parentCall }) },
  { type: 'message/appended', conversation, message: { role: 'user', content: [{ type: 'text', text: 'begin' }] } },
];

export const closed = (conversation: string): SessionEvent => ({ type: 'conversation/closed', conversation, why: 'over' });

export const asked = (conversation: string): SessionEvent => ({ type: 'turn/requested', conversation, turn: 1, attempt: 1, reservedUsd: 0.1, fingerprint: 'f' });

export function answered(conversation: string, content: readonly AssistantBlock[], stop: StopReason = 'tool_use', costUsd: number | null = 0.25): SessionEvent {
  return { type: 'turn/answered', conversation, turn: 1, content, badCalls: [], stop, usage: { input: 10, output: 5, cacheRead: 0, cacheWrite: 0 }, costUsd, model: 'm', ms: 5 };
}

export const says = (conversation: string, text: string): SessionEvent => answered(conversation, [{ type: 'text', text }], 'end_turn');

export const calls = (conversation: string, call: string, name = 'read', input: Readonly<Record<string, unknown>> = {}): SessionEvent => answered(conversation, [{ type: 'tool_use', id: call, name, input }]);

export const called = (conversation: string, call: string, tool = 'read', title = 'src/model/block.js'): SessionEvent => ({ type: 'tool/called', conversation, call, tool, input: {}, title });

export const returned = (conversation: string, call: string, outcome: 'done' | 'refused' | 'interrupted' | 'failed' | 'interrupted' = 'done'): SessionEvent => ({
  type: 'tool/answered', conversation, call, outcome, ...(outcome === 'refused' ? { reason: 'scope' as const } : {}), text: 'text', summary: '84 lines', ms: 3,
});

export const results = (conversation: string, call: string): SessionEvent => ({ type: 'message/appended', conversation, message: { role: 'user', content: [{ type: 'tool_result', tool_use_id: call, content: 'text' }] } });

/** One whole turn: a call, its run, its result sent back. */
export const turn = (conversation: string, call: string, outcome: 'done' | 'refused' | 'interrupted' = 'done', tool = 'read', title = 'src/model/block.js'): readonly SessionEvent[] =>
  [asked(conversation), calls(conversation, call, tool), called(conversation, call, tool, title), returned(conversation, call, outcome), results(conversation, call)];

export const plan: Plan = {
  summary: 'One hook', integration_point: 'src/model/block.js · forward()', options: [{ option: 'Hook', chosen: true, why: 'exact' }, { option: 'Wrap', chosen: false, why: 'post-norm' }],
  files_to_change: ['src/model/**'], files_not_to_change: ['src/scheduler/**'], oracle: 'compare', risks: ['the cache'],
  steps: [{ id: 's1', title: 'Hook', depends_on: [], files: ['src/model/**'], expected: 'vectors', check: 'match' }, { id: 's2', title: 'Docs', depends_on: ['s1'], files: ['docs/**'], expected: 'a page' }],
};

export const exit = (name: PhaseName, tree: string, holds = true, id = 'condition'): SessionEvent => ({ type: 'exit/evaluated', phase: name, tree, conditions: [{ id, holds, wanted: 'green', measured: holds ? 'green' : 'red' }] });

export const gate = (id: string, name: PhaseName, kind: GateKind = 'phase', blocking: readonly string[] = []): SessionEvent => ({ type: 'gate/opened', gate: id, kind, phase: name, question: 'Shall it go on?', blocking });

export const answer = (id: string, how: GateAnswer = { kind: 'approve' }): SessionEvent => ({ type: 'gate/answered', gate: id, answer: how, by: 'person' });

export const boundary = (name: PhaseName, tree: string, id: string = name): SessionEvent => ({ type: 'boundary/crossed', boundary: id, phase: name, tree, commit: `k-${id}`, notCovered: [], change: { files: 1, added: 3, removed: 1 } });

export const blob = (oid: string) => ({ oid, mode: '100644' as const });

export function write(path: string, before: string, after: string, by: Write['by'] = 'tool', attempt = 1): Write {
  return { path, before: blob(before), after: blob(after), added: 3, removed: 1, binary: false, by, call: 'c', phase: 'minimal-hook', attempt, turn: 1 };
}

export const wrote = (tree: string, ...writes: readonly Write[]): SessionEvent => ({ type: 'changes/written', writes, tree });

export const flag = (id: string, of: Write, more: Partial<Flag> = {}): Flag => ({
  id, path: of.path, standing: 'out-of-scope', write: of, cause: 'bash · sed -i', maybeUser: false,
  hunks: [{ id: `${id}-h1`, oldStart: 41, oldLines: 1, newStart: 41, newLines: 1, lines: ['-a', '+b'] }], ...more,
});

/** A run of the contract of these stories with every cell in one class; float16 values are larger, as its thresholds are. */
export function run(id: string, purpose: RunPurpose, tree: string, outcome: CellClass = 'pass'): OracleRun {
  const cells = ['float32', 'float16'].flatMap((dtype) => [1, 4].flatMap((batch) => [8, 128].map((length) => {
    const limit = dtype === 'float32' ? 1e-6 : 2e-3;
    const value = outcome === 'pass' ? limit / 10 : outcome === 'fail' ? limit * 100 : null;
    return { check: 'match', cell: { dtype, batch, length }, class: outcome, metrics: [{ name: 'max_abs_error', value, wanted: `<= ${limit}`, limit, met: outcome === 'pass' }], exit: 0, ms: 4, log: `log-${dtype}-${batch}-${length}` };
  })));
  const tests = { check: 'unchanged', cell: {}, class: 'pass' as const, metrics: [], tests: { total: 14, passed: 14, failed: 0, skipped: 0, ids: [] }, exit: 0, ms: 4, log: 'log-tests' };
  return { id, purpose, tree, cells: [...cells, tests], environment: [{ command: 'node --version', output: 'v20' }], tampered: [], sandboxed: true, ms: 40 };
}

export const ran = (id: string, purpose: RunPurpose, tree: string, outcome: CellClass = 'pass'): SessionEvent => ({ type: 'oracle/ran', run: run(id, purpose, tree, outcome) });

export const finding = (id: string, round = 0, more: Partial<Finding> = {}): Finding => ({ id, kind: 'weak-test', severity: 'minor', file: 'test/a.js', line: 3, claim: 'No test covers batch 2', trigger: 'batch 2', round, ...more });
