import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFile, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import type { SessionEvent } from '../../../src/core/session/events.ts';
import { createJournal } from '../../../src/node/journal/journal.ts';
import { createSession, listSessions, sessionFolder, sessionId } from '../../../src/node/journal/sessions.ts';
import { repositoryState, type RepositoryState } from '../../../src/node/journal/stateDir.ts';
import type { Machine } from '../../../src/node/journal/stateRoot.ts';
import { note } from './support/events.ts';
import { testFolder } from './support/folder.ts';

const started = (session: string, name: string): SessionEvent => ({ type: 'session/started', session, name }) as SessionEvent;

describe('session ids', () => {
  it('sort by time', () => {
    const times = [0, Date.UTC(2026, 7, 22, 10, 15, 30, 7), Date.UTC(2026, 7, 22, 10, 15, 30, 123), Date.UTC(2026, 10, 1), Date.UTC(2031, 0, 1)];
    const ids = times.map((time, n) => sessionId(time, String(9 - n)));
    assert.deepEqual(ids.toSorted(), ids);
    assert.equal(ids[2], '20260822-101530-123-7');
  });

  it('are never made of what could not be a folder', () => {
    for (const suffix of ['', '../x', 'A', 'a/b', 'x'.repeat(17)]) assert.throws(() => sessionId(0, suffix), RangeError, suffix);
    assert.throws(() => sessionId(Number.NaN, 'a'), RangeError);
  });
});

describe('the sessions of a repository', () => {
  const { at } = testFolder();
  let machine: Machine;
  let state: RepositoryState;

  beforeEach(async () => {
    await mkdir(at('repo'));
    execFileSync('git', ['init', '-q'], { cwd: at('repo') });
    machine = { platform: 'linux', env: {}, home: at('home') };
    state = await repositoryState(at('repo'), machine);
  });

  async function session(time: number, name: string): Promise<string> {
    const { id, trace } = await createSession(state, sessionId(time, 'abc'));
    const journal = await createJournal(trace);
    await journal.append(time, 0, started(id, name));
    await journal.append(time + 1, 1, note('x'.repeat(200_000)));
    await journal.append(time + 2, 2, note('last'));
    await journal.close();
    return id;
  }

  it('have a folder each, for their owner alone', async function () {
    const folder = await createSession(state, sessionId(5, 'abc'));
    assert.deepEqual(folder, { id: '19700101-000000-005-abc', dir: `${state.sessions}/19700101-000000-005-abc`, trace: `${folder.dir}/trace.jsonl`, artifacts: `${folder.dir}/artifacts` });
    if (process.platform === 'win32') this.skip();
    for (const made of [folder.dir, folder.artifacts]) assert.equal((await stat(made)).mode & 0o777, 0o700);
  });

  it('are not found by a text that is no id', () => {
    for (const id of ['..', '../../x', '', 'trace.jsonl', '/etc']) assert.equal(sessionFolder(state, id), undefined, id);
  });

  it('are listed newest first, with name and start', async () => {
    const [old, recent] = [await session(1000, 'old'), await session(2000, 'recent')];
    await writeFile(`${state.sessions}/notes.txt`, '');
    const listed = await listSessions(at('repo'), machine);
    assert.deepEqual(listed.map(({ id, name, startedAt, damage }) => ({ id, name, startedAt, damage })), [
      { id: recent, name: 'recent', startedAt: 2000, damage: undefined },
      { id: old, name: 'old', startedAt: 1000, damage: undefined },
    ]);
  });

  it('are listed with their damage where their journal is damaged', async () => {
    const ids = await Promise.all(['gone', 'empty', 'torn', 'first', 'stranger'].map((name, n) => session(n + 1, name)));
    const [gone, empty, torn, first, stranger] = ids.map((id) => `${state.sessions}/${id}/trace.jsonl`) as [string, string, string, string, string];
    await writeFile(empty, '');
    await appendFile(torn, '{"v":1,');
    await writeFile(first, (await readFile(first, 'utf8')).replace('"first"', '"fIrst"'));
    await Promise.all([rm(gone), rm(stranger)]);
    const journal = await createJournal(stranger);
    await journal.append(1, 1, note('not a start'));
    await journal.close();
    const damage = (await listSessions(at('repo'), machine)).map((summary) => summary.damage).toReversed();
    assert.deepEqual(damage, [
      'it has no journal',
      'its journal is empty',
      'the last record: it was cut off',
      'record 1: its bytes do not match its checksum',
      'record 1: it is note/written, not session/started',
    ]);
  });

  it('are none in a repository that never had one', async () => {
    assert.deepEqual(await listSessions(at('repo'), machine), []);
  });
});
