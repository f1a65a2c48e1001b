import type { MessagesRequest } from '../api/request.ts';
import { textField } from '../api/request.ts';
import type { Words } from '../api/signing.ts';
import type { Facts } from './facts.ts';
import { factsOf, filled, newsText, refusalOf } from './facts.ts';
import type { Call, Script, Step, Talk } from './script.ts';
import { transcriptOf } from './transcript.ts';
import type { Place } from './walk.ts';
import { placeIn } from './walk.ts';

/** What the scripted model answers. It follows from the content of the request alone. */
export function answer(script: Script, request: MessagesRequest): Words {
  const transcript = transcriptOf(request.messages);
  const talk = talkOf(script, transcript.opening);
  const words = talk === undefined ? unknownTalk(transcript.opening) : wordsAt(talk, placeIn(talk, transcript), factsOf(transcript.opening, transcript.exchanges));
  const offered = new Set(request.tools.map((tool) => textField(tool, 'name')));
  const calls = words.calls.filter((call) => offered.has(call.tool));
  return calls.length === words.calls.length ? words : { ...words, say: words.say ?? 'The tool that I would call is not offered here.', calls };
}

/** The conversation whose marker is the first one in the message; of two with one marker, the first whose second line is there too. */
function talkOf(script: Script, opening: string): Talk | undefined {
  const lines = opening.split('\n').map((line) => line.trimEnd());
  const marker = lines.find((line) => script.talks.some((talk) => talk.marker === line));
  return script.talks.find((talk) => talk.marker === marker && (talk.also === undefined || lines.includes(talk.also)));
}

function wordsAt(talk: Talk, place: Place, facts: Facts): Words {
  switch (place.at) {
    case 'step': return stepWords(place.step, place.only, facts);
    case 'reading': return { say: 'A file is not as I read it. I read it again.', calls: readsBefore(place.step, place.only) };
    case 'stuck': return blocker(talk, place.step, facts);
  }
}

function stepWords(step: Step, only: readonly number[] | undefined, facts: Facts): Words {
  const text = (value: string | undefined): string | undefined => filled(value, facts)?.value as string | undefined;
  const calls = step.calls.filter((_, index) => only?.includes(index) ?? true);
  const [think, say] = only === undefined ? [text(step.think), text(step.say)] : [undefined, 'Now the same again.'];
  return {
    ...(think === undefined ? {} : { think }), ...(say === undefined ? {} : { say: say.trim() }),
    calls: calls.map((call) => ({ tool: call.tool, input: filled(call.input, facts)?.value as Call['input'] })),
  };
}

function readsBefore(step: Step, only: readonly number[]): Words['calls'] {
  const paths = only.flatMap((index) => step.calls[index]?.input['file_path'] ?? []);
  return [...new Set(paths)].map((file_path) => ({ tool: 'read', input: { file_path } }));
}

const longestReport = 1500;

/** What the model does with an answer that it did not expect: it says so and asks. */
function blocker(talk: Talk, step: Step, facts: Facts): Words {
  const seen = refusalOf(facts.last) ?? newsText(facts.last).trim();
  const what = seen === '' ? `What the step ${step.id} needs is not in this conversation.` : seen.slice(0, longestReport);
  if (!talk.reports) return { say: `This is not what I expected, and I know no way on from here: ${what}`, calls: [] };
  const input = {
    what, tried: step.calls.length === 0 ? step.id : step.calls.map((call) => call.tool).join(', '),
    needs: 'A decision of a person. I am a script for the example task and know no way on from here; approve to make me try the same step again.',
  };
  return { say: 'This is not what I expected, so I report it instead of working around it.', calls: [{ tool: 'report_blocker', input }] };
}

function unknownTalk(opening: string): Words {
  const input = {
    what: `I am a script for the example task, and this conversation is not part of it: ${opening.slice(0, 200)}`,
    tried: 'nothing', needs: 'The example task, or a model: set an API key and a base URL.',
  };
  return { say: 'I am a scripted model and only know the example task.', calls: [{ tool: 'report_blocker', input }] };
}
