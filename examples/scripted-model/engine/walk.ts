import type { Facts } from './facts.ts';
import { factsOf, filled, newsText, runOf } from './facts.ts';
import type { Guard, Step, Talk } from './script.ts';
import type { Answered, Exchange, Transcript } from './transcript.ts';

/** Where a conversation stands. It is computed anew from the messages of every request; the server remembers nothing. */
export type Place =
  /** `only`: the calls of the step that have to be made again; all without it. */
  | { readonly at: 'step'; readonly step: Step; readonly only?: readonly number[]; readonly tries: number }
  /** Calls failed because a file is not as it was read: it is read again before they are repeated. */
  | { readonly at: 'reading'; readonly step: Step; readonly only: readonly number[]; readonly tries: number }
  /** The answers are not what the script knows how to go on from. */
  | { readonly at: 'stuck'; readonly step: Step };

const mostTries = 3;

/** The place that a transcript leads to. */
export function placeIn(talk: Talk, transcript: Transcript): Place {
  let place = begin(talk, factsOf(transcript.opening, []));
  transcript.exchanges.forEach((exchange, index) => {
    place = after(talk, place, exchange, factsOf(transcript.opening, transcript.exchanges.slice(0, index + 1)));
  });
  return place;
}

function begin(talk: Talk, facts: Facts): Place {
  const go = talk.start.find((one) => holds(one.when, facts))?.go;
  return enter(talk.steps.find((step) => step.id === go) ?? firstStep(talk), facts);
}

function firstStep(talk: Talk): Step {
  const [first] = talk.steps;
  if (first === undefined) throw new Error('a conversation has steps');
  return first;
}

/** A step whose words lack a figure is not said. */
function enter(step: Step, facts: Facts): Place {
  const sayable = filled([step.think ?? '', step.say ?? '', step.calls.map((call) => call.input)], facts) !== undefined;
  return sayable ? { at: 'step', step, tries: 0 } : { at: 'stuck', step };
}

function after(talk: Talk, place: Place, exchange: Exchange, facts: Facts): Place {
  if (place.at === 'stuck') return talk.reports ? enter(place.step, facts) : place;
  if (place.at === 'reading') return { ...place, at: 'step' };
  const outdated = outdatedCalls(place, exchange);
  if (outdated.length > 0) return place.tries < mostTries ? again(place.step, outdated, place.tries + 1) : { at: 'stuck', step: place.step };
  return next(talk, place.step, place.only === undefined ? facts : { ...facts, last: withoutDoneBefore(exchange) });
}

/** Indexes of the calls that were refused as stale, or were cut off by a pause or the end of the process. */
function outdatedCalls(place: Extract<Place, { at: 'step' }>, exchange: Exchange): readonly number[] {
  const made = place.only ?? place.step.calls.map((_, index) => index);
  return made.filter((_, position) => {
    const call = exchange.calls[position];
    return call?.failed === true && /^refused \(stale\)|^The call was interrupted|\(ended by SIG/.test(call.text);
  });
}

/** An edit that was cut off may have been made all the same; then its repetition finds the old text no more. */
function withoutDoneBefore(exchange: Exchange): Exchange {
  const done = (call: Answered): boolean => call.tool === 'edit' && call.text.includes('old_string does not occur');
  return { ...exchange, calls: exchange.calls.map((call) => (done(call) ? { ...call, failed: false, text: '' } : call)) };
}

function again(step: Step, only: readonly number[], tries: number): Place {
  const reads = only.some((index) => typeof step.calls[index]?.input['file_path'] === 'string');
  return { at: reads ? 'reading' : 'step', step, only, tries };
}

function next(talk: Talk, step: Step, facts: Facts): Place {
  const go = step.next.find((one) => holds(one.when, facts))?.go;
  const following = step.next.length === 0 && allOk(facts) ? talk.steps[talk.steps.indexOf(step) + 1] : undefined;
  const target = talk.steps.find((one) => one.id === go) ?? following;
  return target === undefined ? { at: 'stuck', step } : enter(target, facts);
}

function holds(guard: Guard | undefined, facts: Facts): boolean {
  if (guard === undefined) return true;
  const calls = facts.last?.calls ?? [];
  const run = calls.map(runOf).findLast((one) => one !== undefined);
  const news = newsText(facts.last);
  return (guard.oracle === undefined || run?.state === guard.oracle)
    && (guard.refused === undefined || calls.some((call) => call.failed && call.text.startsWith(`refused (${guard.refused})`)))
    && (guard.ok === undefined || guard.ok === allOk(facts))
    && (guard.mentions ?? []).every((text) => news.includes(text))
    && (guard.opening === undefined || facts.opening.includes(guard.opening));
}

function allOk(facts: Facts): boolean {
  return (facts.last?.calls ?? []).every((call) => !call.failed);
}
