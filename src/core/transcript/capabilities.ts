import type { Effort } from '../contract/contract.ts';
import { entryOf } from './families.ts';

/** What a model accepts. A field that it does not accept is never sent. */
export interface Capabilities {
  /** `adaptive`: the model decides when to think and says so in summaries; `none`: the field is left out. */
  readonly thinking: 'adaptive' | 'none';
  /** Lowest first; empty where the model has no such setting. */
  readonly efforts: readonly Effort[];
  /** Most tokens of one answer, thinking included. */
  readonly maxOutput: number;
  /** Tokens of the whole conversation. */
  readonly context: number;
  /** A request that thinks as above may name the tool to call. */
  readonly forcedToolChoice: boolean;
}

const everyEffort: readonly Effort[] = ['low', 'medium', 'high', 'xhigh', 'max'];
const million = 1_000_000;

const current: Capabilities = { thinking: 'adaptive', efforts: everyEffort, maxOutput: 128_000, context: million, forcedToolChoice: false };
const before4_7: Capabilities = { ...current, efforts: ['low', 'medium', 'high', 'max'] };
const before4_6: Capabilities = { thinking: 'none', efforts: [], maxOutput: 64_000, context: 200_000, forcedToolChoice: true };

/** Source: the vendor's pages on models, effort and thinking, read on 2026-11-21. */
const table: Readonly<Record<string, Capabilities>> = {
  'claude-fable-5-2': current,
  'claude-fable-5-1': current,
  'claude-fable-5': current,
  'claude-mythos-5-2': current,
  'claude-mythos-5-1': current,
  'claude-mythos-5': current,
  'claude-opus-5-5': current,
  'claude-opus-5': current,
  'claude-sonnet-5-5': current,
  'claude-sonnet-5': current,
  'claude-haiku-5-5': current,
  'claude-opus-4-8': current,
  'claude-opus-4-7': current,
  'claude-opus-4-6': before4_7,
  'claude-sonnet-4-6': { ...before4_7, maxOutput: 64_000 },
  'claude-opus-4-5': { ...before4_6, efforts: ['low', 'medium', 'high'] },
  'claude-sonnet-4-5': before4_6,
  'claude-haiku-4-5': before4_6,
};

/** Nothing is sent that an unknown model might refuse, and the limits are small. */
const unknown: Capabilities = { thinking: 'none', efforts: [], maxOutput: 8_192, context: 200_000, forcedToolChoice: false };

/** A model newer than this table: every model of the vendor that is still served may answer with as much, and thinking counts in it. */
const unknownOfVendor: Capabilities = { ...unknown, maxOutput: 32_000 };

/** What `model` accepts; an unknown model gets a cautious entry. */
export function capabilitiesOf(model: string): Capabilities {
  return entryOf(table, model) ?? (model.startsWith('claude-') ? unknownOfVendor : unknown);
}

/** The effort to ask for: the wanted one or the next lower that the model has; undefined where it has none. */
export function effortFor(model: string, wanted: Effort): Effort | undefined {
  const { efforts } = capabilitiesOf(model);
  return efforts.findLast((effort) => everyEffort.indexOf(effort) <= everyEffort.indexOf(wanted));
}
