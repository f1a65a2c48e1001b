import assert from 'node:assert/strict';
import { loadScript } from '../../examples/scripted-model/engine/loadScript.ts';
import type { Script } from '../../examples/scripted-model/engine/script.ts';
import { faultsOf, talkSchema } from '../../examples/scripted-model/engine/script.ts';
import type { Told } from './support/play.ts';
import { fine, play } from './support/play.ts';
import { scriptFolder } from './support/workspace.ts';

const script = loadScript(scriptFolder);
const tools = (opening: string, told: readonly Told[]): readonly string[] => play(script, opening, told).calls.map((call) => call.tool);

const cell = (outcome: string, error: string): string => `activations-match[dtype=float32,batch=1,length=8]: ${outcome} max_abs_error ${error} (<= 1e-6), max_rel_error 2e-1 (<= 1e-5)`;
const half = 'activations-match[dtype=float16,batch=1,length=8]: pass max_abs_error 1.07e-3 (<= 0.002), max_rel_error 1e-3 (<= 0.01)';
const npmTest = 'generation-unchanged: pass 14 of 14 tests passed, 0 failed, 0 skipped';
const red = `oracle run r3: red\n${cell('fail', '3.1e-2')}\n${half}\n${npmTest}\n`;
const green = `oracle run r4: green\n${cell('pass', '2.6e-7')}\n${half}\n${npmTest}\n`;
const hook = '# Phase: minimal-hook\n';
/** Up to the first run of the oracle: read, hook, collect, test. */
const hooked: readonly Told[] = [fine, fine, fine, fine];
const flagOpen = { failed: 'The phase is not over. These conditions do not hold:\n- no-open-flag: wanted none; measured src/scheduler/queue.js (out-of-scope, by bash, flag f1)' };
/** Up to the end after the right tensor was taken, with a flag that nobody has settled. */
const atTheEnd: readonly Told[] = [...hooked, [red], fine, [flagOpen], fine, fine, [green]];

describe('the scripted model: what it answers follows from the request', () => {
  it('claims success after a red run, and calls it wrong with the figures when complete_phase disagrees', () => {
    const claim = play(script, hook, [...hooked, [red]]);
    assert.match(claim.say ?? '', /^All cells are green now\./);
    assert.match(String(claim.calls[0]?.input['command']), /xargs sed -i/);
    const correction = play(script, hook, [...hooked, [red], fine, [{ failed: 'The phase is not over.' }]]);
    assert.match(correction.say ?? '', /Run r3 was red in 1 of 3 cells: max_abs_error is 3\.1e-2 in activations-match\[dtype=float32,batch=1,length=8\], wanted <= 1e-6\./);
  });

  it('claims nothing after a green run, and quotes its figures', () => {
    const words = play(script, hook, [...hooked, [green]]);
    assert.deepEqual(words.calls.map((call) => call.tool), ['complete_phase']);
    assert.match(words.say ?? '', /Run r4: 3 cells, none of them red\. The largest max_abs_error is 2\.6e-7 in\s+float32 and 1\.07e-3 in float16; 14 of 14 tests passed, 0 failed, 0 skipped\./);
  });

  it('reports what it saw where the oracle could not run', () => {
    const words = play(script, hook, [...hooked, ['oracle run r3: could not run\nsetup failed: npm is missing\n']]);
    assert.equal(words.calls[0]?.tool, 'report_blocker');
    assert.match(String(words.calls[0]?.input['what']), /npm is missing/);
    assert.deepEqual(tools(hook, [...hooked, ['oracle run r3: could not run\n'], fine]), ['run_oracle'], 'after a person let it go on, it tries again');
  });

  it('reports a second red run instead of claiming anything', () => {
    const words = play(script, hook, [...hooked, [red], fine, [flagOpen], fine, fine, [red]]);
    assert.deepEqual(words.calls.map((call) => call.tool), ['report_blocker']);
    assert.match(String(words.calls[0]?.input['what']), /3\.1e-2/);
  });

  it('takes the tidy script of the project where only named commands run', () => {
    const refused = { failed: 'refused (command): without a sandbox only these command lines run' };
    const words = play(script, hook, [...hooked, [red], [refused]]);
    assert.equal(words.calls[0]?.input['command'], 'npm run tidy && node --test');
  });

  it('puts the stray back when only the flag is left, or waits for the user where it cannot', () => {
    const putBack = play(script, hook, [...atTheEnd, [flagOpen]]);
    assert.match(String(putBack.calls[0]?.input['command']), /^sed .* src\/scheduler\/queue\.js$/);
    assert.deepEqual(tools(hook, [...atTheEnd, [flagOpen], fine]), ['complete_phase']);
    assert.deepEqual(tools(hook, [...atTheEnd, [flagOpen], fine, [flagOpen]]), [], 'it does not put it back twice');
    const cannot: Told = [{ failed: 'refused (command): no' }];
    assert.deepEqual(tools(hook, [...atTheEnd, [flagOpen], cannot]), []);
    assert.deepEqual(tools(hook, [...atTheEnd, [flagOpen], cannot, { note: 'You ended your turn without a tool call.' }]), ['complete_phase']);
  });

  it('reads a file that has changed and repeats only the call that failed', () => {
    const stale: Told = ['done', { failed: 'refused (stale): src/model/transformer.js has changed since it was read.' }, 'done'];
    const reading = play(script, hook, [fine, stale]);
    assert.deepEqual(reading.calls, [{ tool: 'read', input: { file_path: 'src/model/transformer.js' } }]);
    const again = play(script, hook, [fine, stale, fine]);
    assert.deepEqual(again.calls.map((call) => call.input['old_string']), ['step(token, cache) {']);
    assert.deepEqual(tools(hook, [fine, stale, fine, fine]), ['write', 'write']);
  });

  it('gives up on a file that keeps changing', () => {
    const stale: Told = [{ failed: 'refused (stale): changed' }];
    const first: Told = [{ failed: 'refused (stale): changed' }, 'done', 'done'];
    assert.deepEqual(tools(hook, [fine, first, fine, stale, fine, stale, fine, stale]), ['report_blocker']);
  });

  it('goes on after a call that was cut off, whether it had its effect or not', () => {
    const cut: Told = [{ failed: 'The call was interrupted; the work tree was checked.' }, 'done', 'done'];
    assert.deepEqual(tools(hook, [fine, cut]), ['read']);
    assert.deepEqual(tools(hook, [fine, cut, fine, fine]), ['write', 'write']);
    assert.deepEqual(tools(hook, [fine, cut, fine, [{ failed: 'refused (schema): old_string does not occur in the file' }]]), ['write', 'write']);
    assert.deepEqual(tools(hook, [...hooked, [{ failed: 'The call was interrupted; the work tree was checked.' }]]), ['run_oracle']);
    assert.deepEqual(tools(hook, [fine, fine, fine, [{ failed: 'TAP version 13\n(ended by SIGTERM)' }]]), ['bash']);
  });

  it('measures where its edits are there already', () => {
    assert.deepEqual(tools(hook, [fine, [{ failed: 'refused (schema): old_string does not occur in the file' }]]), ['run_oracle']);
  });

  it('knows a conversation by its first marker, and a reopened phase by its second line', () => {
    assert.deepEqual(tools(`# Phase: explore\nAGENTS.md of the project:\n# Review\n`, []), ['glob', 'read']);
    assert.deepEqual(tools('# Phase: production-shape\n', []), ['read', 'read', 'read', 'read']);
    assert.deepEqual(tools('# Phase: production-shape\n# Finding to fix\n', []), ['read']);
  });

  it('says that it is a script where the conversation is not part of the example', () => {
    const words = play(script, 'Port my database to another engine.', []);
    assert.deepEqual(words.calls.map((call) => call.tool), ['report_blocker']);
    assert.deepEqual(play(script, 'Hello', [], []).calls, []);
  });

  it('finds nothing where the diff has no tests to judge, and invents no line', () => {
    const words = play(script, '# Review\nno diff', [['x', 'test/activations/activations.test.js:12: batch: 4']]);
    assert.deepEqual(words.calls, []);
    assert.match(words.say ?? '', /not what I expected/);
  });

  it('reviews the second diff without a finding', () => {
    const opening = `# Review\n+++ test/activations/activations.test.js\n@@ -0,0 +1,2 @@\n+  { dtype: 'float16', batch: 2, length: 5 },\n`;
    assert.deepEqual(play(script, opening, [fine]).calls, [{ tool: 'report_findings', input: { findings: [] } }]);
  });

  it('names the line of the diff that its finding is about', () => {
    const opening = `# Review\n--- a/x\n+++ b/x\n@@ -1,2 +1,3 @@\n+const cases = [\n--- /dev/null\n+++ b/test/activations/activations.test.js\n@@ -10,3 +12,4 @@\n same\n-gone\n+new\n+const cases = [\n`;
    const findings = play(script, opening, [['x', 'test/activations/activations.test.js:12: batch: 1']]).calls[0]?.input['findings'] as readonly { readonly line: number }[] | undefined;
    assert.equal(findings?.[0]?.line, 14);
  });

  it('does not accept a script whose steps lead nowhere', () => {
    const talk = talkSchema.parse({ marker: '# X', steps: [{ id: 'a', say: 'x', next: [{ go: 'b' }] }, { id: 'a', say: 'y' }] });
    assert.deepEqual(faultsOf(talk), ['the step a stands twice', 'there is no step b']);
    assert.throws(() => talkSchema.parse({ marker: '# X', steps: [{ id: 'a' }] }));
  });

  it('says nothing with a hole in it', () => {
    const small: Script = { models: ['m'], talks: [talkSchema.parse({ marker: '# X', steps: [{ id: 'a', say: 'go', calls: [{ tool: 'run_oracle', input: {} }] }, { id: 'b', say: 'It is {{worst}}.' }] })] };
    assert.equal(play(small, '# X', [['no figures here']]).calls[0]?.tool, 'report_blocker');
    assert.match(play(small, '# X', [[red]]).say ?? '', /^It is max_abs_error is 3\.1e-2/);
  });
});
