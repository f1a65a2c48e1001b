import assert from 'node:assert/strict';
import { isToolName, parseToolInput, type ToolName, toolNames, toolSpecs } from '../../../src/core/guard/toolInputs.ts';

/** The smallest input of every tool. */
const least: Readonly<Record<ToolName, Readonly<Record<string, unknown>>>> = {
  read: { file_path: 'a' }, write: { file_path: 'a', content: '' }, edit: { file_path: 'a', old_string: 'x', new_string: '' }, glob: { pattern: '*' }, grep: { pattern: 'x' }, bash: { command: 'ls' },
  explore: { question: 'Where?' }, run_oracle: {}, complete_phase: { summary: '' }, propose_amendment: { change: 'diff: {}', why: '' }, report_blocker: { what: '', tried: '', needs: '' },
  submit_plan: { summary: '', integration_point: '', options: [{ option: '', chosen: true, why: '' }], files_to_change: ['a'], files_not_to_change: [], steps: [{ id: 's', title: '', depends_on: [], files: [], expected: '' }], oracle: '', risks: [] },
  record_decision: { title: '', choice: '', because: '' }, read_artifact: { id: 'a'.repeat(64) }, diagnostics: {}, submit_decoys: { decoys: [{ name: 'd', wrong_how: '', patch: 'x' }] }, report_findings: { findings: [] },
};

describe('the input of a tool', () => {
  for (const name of toolNames) {
    const keys = Object.keys(least[name]);
    it(`${name} is taken with ${keys.join(', ') || 'nothing'}`, () => assert.deepEqual(parseToolInput(name, least[name]), { ok: true, input: least[name] }));
    it(`${name} is refused with a key that it does not know`, () => assert.equal(parseToolInput(name, { ...least[name], approve: true }).ok, false));
    it(`${name} is refused without any of its keys, and says which`, () => keys.forEach((key) => {
      const parsed = parseToolInput(name, Object.fromEntries(Object.entries(least[name]).filter(([one]) => one !== key)));
      assert.ok(!parsed.ok && parsed.faults.some((fault) => fault.startsWith(`${key}: `)), key);
    }));
    for (const input of [undefined, null, 'text', 1, [], [least[name]]]) it(`${name} is refused as ${JSON.stringify(input)?.slice(0, 20)}`, () => assert.equal(parseToolInput(name, input).ok, false));
  }

  const cases: readonly (readonly [why: string, name: ToolName, input: Readonly<Record<string, unknown>>, place: string])[] = [
    ['an empty path', 'read', { file_path: '' }, 'file_path'], ['a path that is too long', 'write', { file_path: 'x'.repeat(4097), content: '' }, 'file_path'],
    ['lines counted from 0', 'read', { file_path: 'a', view_range: [0, 1] }, 'view_range.0'], ['one line for two', 'read', { file_path: 'a', view_range: [1] }, 'view_range'], ['half a line', 'read', { file_path: 'a', view_range: [1, 1.5] }, 'view_range.1'],
    ['an empty text to replace', 'edit', { file_path: 'a', old_string: '', new_string: 'x' }, 'old_string'], ['a content that is too long', 'write', { file_path: 'a', content: 'x'.repeat(1_000_001) }, 'content'],
    ['a command that is no text', 'bash', { command: ['ls'] }, 'command'], ['an empty command', 'bash', { command: '' }, 'command'], ['a time that is too long', 'bash', { command: 'ls', timeout_ms: 1_800_001 }, 'timeout_ms'], ['a time below zero', 'bash', { command: 'ls', timeout_ms: -1 }, 'timeout_ms'],
    ['an artifact that is a path', 'read_artifact', { id: '../trace.jsonl' }, 'id'], ['an artifact in capitals', 'read_artifact', { id: 'A'.repeat(64) }, 'id'], ['a text for true', 'edit', { file_path: 'a', old_string: 'x', new_string: 'y', replace_all: 'true' }, 'replace_all'],
    ['a decoy named as a path', 'submit_decoys', { decoys: [{ name: '../x', wrong_how: '', patch: 'x' }] }, 'decoys.0.name'], ['a decoy with a comma in its name', 'submit_decoys', { decoys: [{ name: 'a,all', wrong_how: '', patch: 'x' }] }, 'decoys.0.name'],
    ['a decoy with a long name', 'submit_decoys', { decoys: [{ name: 'x'.repeat(41), wrong_how: '', patch: 'x' }] }, 'decoys.0.name'],
    ...['a,all', 'a b', '', 'x'.repeat(41), 'a\n'].map((id) => [`a plan with a step called ${JSON.stringify(id)}`, 'submit_plan', { ...least.submit_plan, steps: [{ id, title: '', depends_on: [], files: [], expected: '' }] }, 'steps.0.id'] as const),
    ['no decoy', 'submit_decoys', { decoys: [] }, 'decoys'],
    ['a finding of an unknown kind', 'report_findings', { findings: [{ kind: 'style', severity: 'minor', file: 'a', line: 1, claim: '', trigger: '' }] }, 'findings.0.kind'],
    ['a plan that changes nothing', 'submit_plan', { ...least.submit_plan, files_to_change: [] }, 'files_to_change'],
  ];
  for (const [why, name, input, place] of cases) it(`${name} is refused for ${why}, with its place`, () => {
    const parsed = parseToolInput(name, input);
    assert.ok(!parsed.ok && parsed.faults.some((fault) => fault.startsWith(`${place}: `)), JSON.stringify(parsed));
  });
});

describe('the tools that a model sees', () => {
  it('are those of the table, in a fixed order, with strict schemas', () => {
    assert.deepEqual(toolSpecs.map((spec) => spec.name), toolNames);
    assert.deepEqual([...toolNames].sort(), Object.keys(least).sort());
    for (const spec of toolSpecs) assert.equal((spec.input_schema as { readonly additionalProperties?: unknown }).additionalProperties, false, spec.name);
  });
  it('have names that no object has by itself', () => {
    for (const name of ['constructor', 'toString', '__proto__', 'hasOwnProperty', '', 'Read', 'bash ']) assert.equal(isToolName(name), false, name);
    for (const name of toolNames) assert.equal(isToolName(name), true);
  });
});
