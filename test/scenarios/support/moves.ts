import type { ApiBody } from '../../support/messagesServer/body.ts';
import { blocksOf } from '../../support/messagesServer/body.ts';
import type { RecordedRequest } from '../../support/messagesServer/startMessagesServer.ts';
import type { Reply } from '../../support/messagesServer/replies.ts';
import { call, say } from '../../support/messagesServer/replies.ts';

/** A move of the model: a fixed reply, or one that follows from the text of the last user turn. */
export type Move = Reply | ((last: string, request: RecordedRequest) => Reply);

export type Talk = 'explore' | 'oracle-only' | 'minimal-hook' | 'production-shape' | 'review' | 'decoys' | 'helper';

/** Moves by conversation; the n-th conversation of a kind plays the n-th list (the last one again when there are more). */
export type Moves = Partial<Readonly<Record<Talk, readonly (readonly Move[])[]>>>;

/** Plays the moves: which conversation it is, and how far, follows from the request alone. */
export function play(moves: Moves): (request: RecordedRequest) => Reply {
  const seen = new Map<string, string[]>();
  return (request) => {
    const messages = request.body.messages ?? [];
    const first = textOf(request.body, 0);
    const talk = talkOf(first);
    const known = seen.get(talk) ?? [];
    if (!known.includes(first)) known.push(first);
    seen.set(talk, known);
    const lists = moves[talk] ?? [];
    const list = lists[Math.min(known.indexOf(first), lists.length - 1)] ?? [];
    const move = list[messages.filter((message) => message.role === 'assistant').length] ?? say('I have nothing more to do.');
    return typeof move === 'function' ? move(textOf(request.body, messages.length - 1), request) : move;
  };
}

function talkOf(first: string): Talk {
  const heading = /^# (?:Phase: )?([\w-]+)/.exec(first)?.[1]?.toLowerCase();
  return (heading ?? 'explore') as Talk;
}

/** The text of one message, results included. */
export function textOf(body: ApiBody, index: number): string {
  return blocksOf(body.messages?.at(index)?.content).map((block) => (typeof block.content === 'string' ? block.content : (block.text ?? ''))).join('\n');
}

export const plan = {
  summary: 'Add variance beside mean.', integration_point: 'src/stats/variance.js', options: [{ option: 'own file', chosen: true, why: 'smallest' }, { option: 'in mean.js', chosen: false, why: 'mixes two things' }],
  files_to_change: ['src/stats/**'], files_not_to_change: ['src/other/**'], steps: [{ id: 'code', title: 'Variance', depends_on: [], files: ['src/stats/variance.js'], expected: 'green', check: 'variance-matches' }],
  oracle: 'Compare with a two-pass reference.', risks: ['sample instead of population variance'],
};

export const oracleFile = `const args = process.argv;
const n = Number(args[args.indexOf('--n') + 1]);
const values = Array.from({ length: n }, (_, index) => index * 1.5 - 2);
const mean = values.reduce((sum, value) => sum + value, 0) / n;
const wanted = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / n;
const found = await import('../src/stats/variance.js').catch((error) => (error.code === 'ERR_MODULE_NOT_FOUND' ? undefined : Promise.reject(error)));
const report = { nonce: process.env.BOUNDED_NONCE };
console.log(JSON.stringify(found === undefined ? { ...report, max_abs_error: null, reason: 'not-implemented' } : { ...report, max_abs_error: Math.abs(found.variance(values) - wanted) }));
`;

export const right = `export function variance(values) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
}
`;

export const wrong = right.replace('/ values.length;\n}', '/ (values.length - 1);\n}');

/** A run without any trouble. */
export const honest: Moves = {
  'explore': [[call('read', { file_path: 'src/stats/mean.js' }), call('submit_plan', plan)]],
  'oracle-only': [[call('write', { file_path: 'oracle/check.mjs', content: oracleFile }), call('run_oracle', {}), call('complete_phase', { summary: 'The oracle is written.' })]],
  'minimal-hook': [[call('write', { file_path: 'src/stats/variance.js', content: right }), call('run_oracle', {}), call('complete_phase', { summary: 'Variance added.' })]],
  'production-shape': [[call('write', { file_path: 'docs/variance.md', content: '# Variance\n\nPopulation variance.\n' }), call('complete_phase', { summary: 'Documented.' })]],
  'review': [[call('report_findings', { findings: [] })]],
};
