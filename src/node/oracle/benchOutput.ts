import type { Signal } from '../../agent/ports.ts';
import { KeptOutput } from '../process/keptOutput.ts';
import { plainText } from '../process/plainText.ts';
import type { ProcessEnd } from '../process/runProcess.ts';
import type { Workbench } from './workbench.ts';

/** How a command on a workbench ended and what it wrote, on both channels, as plain text. */
export interface BenchOutput {
  readonly end: ProcessEnd;
  readonly text: string;
}

const keptBytes = 16 * 1024;

/** Runs one command whose output is for people. */
export async function runMerged(bench: Workbench, command: string, timeoutMs: number, signal: Signal): Promise<BenchOutput> {
  const kept = new KeptOutput(keptBytes, keptBytes);
  const end = await bench.run({ command, timeoutMs, merged: true, onOutput: (chunk) => kept.add(chunk) }, signal);
  const text = plainText(kept.text((omitted) => `\n… ${omitted} bytes left out …\n`));
  return { end, text: bench.placeless(text).trim() };
}
