import type { ToolInput, ToolName } from '../core/guard/toolInputs.ts';
import { isToolName, parseToolInput } from '../core/guard/toolInputs.ts';
import { mayUse } from '../core/guard/rights.ts';
import { rule } from '../core/guard/rule.ts';
import type { Path, TreeId } from '../core/session/changes.ts';
import type { RefusalReason } from '../core/session/facts.ts';
import { callWithoutAnswer } from '../core/session/next.ts';
import type { Conversation } from '../core/session/session.ts';
import { someOf } from '../core/session/someOf.ts';
import type { ToolUse } from '../core/transcript/message.ts';
import type { Cause } from './cause.ts';
import { finalText } from './conversation.ts';
import { differences, look, lookAtPath } from './look.ts';
import { evaluatePhase } from './phases/evaluate.ts';
import type { Run } from './run.ts';
import { measureCall } from './strays.ts';
import { replaced } from './tools/edit.ts';
import { tools } from './tools/registry.ts';
import type { Answer, Refusal, Tool } from './tools/tool.ts';
import { refuse } from './tools/tool.ts';

/**
 * One tool call: recorded, proposed, ruled on, carried out, measured, answered. Nothing changes before the guard has
 * allowed exactly what the tool proposes; what really changed is measured afterwards.
 */
export async function answerCall(run: Run, conversation: Conversation, call: ToolUse): Promise<void> {
  const began = run.ports.clock.monotonic();
  const known = isToolName(call.name) ? call.name : undefined;
  const checked = known === undefined ? undefined : check(run, conversation, call, known);
  const title = checked !== undefined && 'title' in checked ? checked.title : '';
  await run.recorder.record({ type: 'tool/called', conversation: conversation.id, call: call.id, tool: call.name, input: call.input, title });
  const answer = checked === undefined ? refuse('schema', `there is no tool ${call.name}`) : 'refused' in checked ? checked : await checked.perform();
  await record(run, conversation, call, answer, run.ports.clock.monotonic() - began);
}

/** A call that was running when the process ended, or whose child conversation is over now. It is never run again. */
export async function returnCall(run: Run, conversation: Conversation, call: ToolUse, child: Conversation | undefined): Promise<void> {
  const began = run.ports.clock.monotonic();
  if (child === undefined) {
    await answered(run, conversation, call, 'interrupted', await checkInterrupted(run, call), began);
  } else if (child.role === 'helper') {
    const text = finalText(child);
    await answered(run, conversation, call, text === '' ? 'failed' : 'done', text === '' ? 'The helper ended without an answer.' : text, began);
  } else {
    const failed = await evaluatePhase(run, call.id);
    await answered(run, conversation, call, failed === undefined ? 'done' : 'failed', failed?.text ?? 'Every exit condition holds. The phase is over.', began);
  }
}

/** Answers the call in which the process died, so that what it did is known before a person does anything else. Does nothing where there was none. */
export async function answerInterrupted(run: Run): Promise<void> {
  const interrupted = callWithoutAnswer(run.recorder.session);
  if (interrupted !== undefined) await returnCall(run, interrupted.conversation, interrupted.call, undefined);
}

/**
 * What an interrupted call may have changed. Between the last look and now the user may have changed things too; what
 * surely is not the call's counts as the user's, so that no rewind takes it. What is out of scope is flagged.
 */
async function checkInterrupted(run: Run, call: ToolUse): Promise<string> {
  if (!changesFiles(call.name)) {
    await look(run);
    return 'The call was interrupted. It changes no file; make it again if you need it.';
  }
  const span = call.name === 'bash' ? await run.ports.shell.lastRun() : undefined;
  const writes = call.name !== 'bash' || (await run.ports.shell.written()) !== undefined;
  if (writes && run.recorder.session.tree !== undefined) await run.ports.workspace.sweep(run.recorder.session.tree);
  const { tree } = await run.ports.workspace.capture();
  const before = run.recorder.session.tree ?? tree;
  const by = call.name === 'bash' ? { by: 'command' as const, own: await changedWithin(run, before, tree, span) } : { by: 'tool' as const, ...(await wantedOf(run, call, before)) };
  const news = await measureCall(run, { call: call.id, ...by, title: call.name, before, maybeUser: true });
  const written = new Set(run.recorder.session.line.writes.flatMap((write) => (write.call === call.id ? [write.path] : [])));
  const found = written.size > 0 ? `It has changed: ${someOf([...written])}.` : before === tree ? 'Nothing has changed.' : 'What has changed since counts as the user\'s.';
  return `The call was interrupted; the work tree was checked. ${found} ${news.join(' ')}`.trim();
}

/** What changed in the time in which the interrupted command ran; one before it has its changes recorded. Of what is gone that time is not known. */
async function changedWithin(run: Run, before: TreeId, tree: TreeId, span: { readonly from: number; readonly to: number } | undefined): Promise<ReadonlySet<Path>> {
  if (span === undefined) return new Set();
  const diffs = await differences(run, before, tree);
  const times = await Promise.all(diffs.map((diff) => run.ports.workspace.changedAt(diff.path)));
  return new Set(diffs.filter((_, index) => (times[index] ?? 0) >= span.from && (times[index] ?? Infinity) <= span.to).map((diff) => diff.path));
}

/** What an interrupted file tool would have put at its path. */
async function wantedOf(run: Run, call: ToolUse, before: TreeId): Promise<Pick<Cause, 'allowed'>> {
  const { workspace } = run.ports;
  const parsed = call.name === 'write' ? parseToolInput('write', call.input) : parseToolInput('edit', call.input);
  const at = parsed.ok ? await workspace.resolve(parsed.input.file_path) : undefined;
  if (!parsed.ok || at === undefined || 'refused' in at) return {};
  const blob = (await workspace.entries(before, [at.path])).get(at.path);
  const content = 'content' in parsed.input ? parsed.input.content : blob === undefined ? undefined : replaced(await workspace.blobText(blob), parsed.input);
  return typeof content === 'string' ? { allowed: { path: at.path, content } } : {};
}

/** The one path that a file tool would change, undefined where there is none. */
async function targetOf(run: Run, input: object): Promise<Path | undefined> {
  const named = 'file_path' in input ? input.file_path : undefined;
  const resolved = typeof named === 'string' ? await run.ports.workspace.resolve(named) : undefined;
  return resolved === undefined || 'refused' in resolved ? undefined : resolved.path;
}

function changesFiles(tool: string): boolean {
  return tool === 'write' || tool === 'edit' || tool === 'bash';
}

/** Whether the call may be made at all, and how. */
function check<N extends ToolName>(run: Run, conversation: Conversation, call: ToolUse, name: N): Refusal | { readonly title: string; readonly perform: () => Promise<Answer | Refusal> } {
  const { session } = run.recorder;
  const phase = session.line.phase;
  if (conversation.badCalls.includes(call.id)) return refuse('schema', 'the input of the call is not valid JSON');
  if (conversation.role === 'main' && session.line.exit?.conditions.every((condition) => condition.holds) === true) return refuse('phase', 'the phase is over');
  if (conversation.closed) return refuse('phase', 'this conversation is over');
  if (phase === undefined || !mayUse(name, phase, conversation.role)) return refuse('phase', `${name} is not for ${conversation.role === 'main' ? `the phase ${phase}` : `a ${conversation.role}`}`);
  const parsed = parseToolInput(name, call.input);
  if (!parsed.ok) return refuse('schema', `the input does not fit the tool:\n${parsed.faults.join('\n')}`);
  const tool: Tool<N> = tools[name];
  return { title: tool.title(parsed.input), perform: () => perform(run, conversation, call.id, tool, parsed.input) };
}

async function perform<N extends ToolName>(run: Run, conversation: Conversation, call: string, tool: Tool<N>, input: ToolInput<N>): Promise<Answer | Refusal> {
  const changes = changesFiles(tool.name);
  // What was saved up to here is the user's already; what is saved from here on, the call may have changed as well.
  run.ports.user.takeSaved();
  const target = tool.name === 'write' || tool.name === 'edit' ? await targetOf(run, input) : undefined;
  const before = !changes ? undefined : target === undefined ? await look(run, 'command') : await lookAtPath(run, target);
  const tree = before?.tree ?? run.recorder.session.tree ?? '';
  const proposed = await tool.propose(input, { run, conversation, call, tree });
  if ('refused' in proposed) return proposed;
  const ruling = rule(run.recorder.session, proposed.proposal, { unsaved: run.ports.user.unsaved() });
  if (!ruling.allow) return refuse(ruling.reason, ruling.message);
  const answer = await proposed.carryOut();
  if (!changes || answer.outcome === 'deferred') return answer;
  const { proposal } = proposed;
  const news = await measureCall(run, {
    call, by: proposal.kind === 'edit' ? 'tool' : 'command', title: `${tool.name} · ${tool.title(input)}`, before: tree, beside: before?.beside, ...(before === undefined ? {} : { control: before.control }),
    ...(proposal.kind === 'edit' ? { allowed: { path: proposal.change.path, content: proposal.change.kind === 'write' ? proposal.change.content : null }, narrow: proposal.change.path === target } : {}),
  });
  return news.length === 0 ? answer : { ...answer, text: [answer.text, ...news].filter((part) => part !== '').join('\n\n') };
}

async function record(run: Run, conversation: Conversation, call: ToolUse, answer: Answer | Refusal, ms: number): Promise<void> {
  if ('refused' in answer) {
    await run.recorder.record({ type: 'tool/answered', conversation: conversation.id, call: call.id, outcome: 'refused', reason: answer.refused satisfies RefusalReason, text: `refused (${answer.refused}): ${answer.message}`, ms: Math.round(ms) });
    return;
  }
  if (answer.outcome === 'deferred') return;
  const { text, summary, artifact } = answer;
  const outcome = answer.outcome === 'failed' && run.signal.aborted ? 'interrupted' : answer.outcome;
  await run.recorder.record({
    type: 'tool/answered', conversation: conversation.id, call: call.id, outcome, text, ms: Math.round(ms),
    ...(summary === undefined ? {} : { summary }), ...(artifact === undefined ? {} : { artifact }),
  });
}

async function answered(run: Run, conversation: Conversation, call: ToolUse, outcome: 'done' | 'failed' | 'interrupted', text: string, began: number): Promise<void> {
  await run.recorder.record({ type: 'tool/answered', conversation: conversation.id, call: call.id, outcome, text, ms: Math.round(run.ports.clock.monotonic() - began) });
}
