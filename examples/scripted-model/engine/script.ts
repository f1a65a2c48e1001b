import { z } from 'zod';

/*
 * A script is data: for each kind of conversation a small machine of steps. What the next step is follows from what the tools answered.
 */

/** What must be so for a transition; every field that is there must hold. All are about the answers to the last step, unless they say otherwise. */
const guard = z.strictObject({
  /** How the oracle run that is among the answers ended. */
  oracle: z.enum(['red', 'green', 'could not run']).optional(),
  /** An answer was a refusal with this reason. */
  refused: z.enum(['phase', 'scope', 'budget', 'command', 'secret', 'schema', 'stale', 'user']).optional(),
  /** Every answer is a success (true), or at least one is not (false). */
  ok: z.boolean().optional(),
  /** The answers contain every one of these texts. */
  mentions: z.array(z.string()).optional(),
  /** The first message of the conversation contains this text. */
  opening: z.string().optional(),
});

const transition = z.strictObject({ when: guard.optional(), go: z.string() });
const call = z.strictObject({ tool: z.string(), input: z.record(z.string(), z.unknown()) });

const step = z.strictObject({
  id: z.string(),
  think: z.string().optional(),
  say: z.string().optional(),
  calls: z.array(call).default([]),
  /** The first that holds is taken. Without any, success leads to the following step. What leads nowhere is reported as a blocker. */
  next: z.array(transition).default([]),
}).refine((one) => one.say !== undefined || one.calls.length > 0, 'a step says something or calls a tool');

export const talkSchema = z.strictObject({
  /** Line of the first message that tells the conversation from others. */
  marker: z.string(),
  /** A second line that must also be there. */
  also: z.string().optional(),
  /** Whether this role may report a blocker; otherwise it can only say what is in its way. */
  reports: z.boolean().default(true),
  start: z.array(transition).default([]),
  steps: z.array(step).min(1),
});

export const indexSchema = z.strictObject({
  models: z.array(z.string()).min(1),
  /** Files of the conversations; of two that fit, the first is taken. */
  conversations: z.array(z.string()).min(1),
});

export type Guard = z.infer<typeof guard>;
export type Step = z.infer<typeof step>;
export type Call = z.infer<typeof call>;
export type Talk = z.infer<typeof talkSchema>;

export interface Script {
  readonly models: readonly string[];
  readonly talks: readonly Talk[];
}

/** What is wrong with the way from step to step, in words. */
export function faultsOf(talk: Talk): readonly string[] {
  const ids = talk.steps.map((one) => one.id);
  const twice = ids.filter((id, index) => ids.indexOf(id) !== index).map((id) => `the step ${id} stands twice`);
  const targets = [...talk.start, ...talk.steps.flatMap((one) => one.next)].map((one) => one.go);
  return [...twice, ...targets.filter((id) => !ids.includes(id)).map((id) => `there is no step ${id}`)];
}
