import { Paused } from '../agent/run.ts';
import { diskFault } from '../core/session/diskFault.ts';
import { JournalFault } from '../core/session/entries.ts';
import { StartRefusal } from '../node/session/refusal.ts';
import { UsageError } from './arguments.ts';
import { exits } from './exit.ts';
import { mind } from './streams.ts';

type Command = (args: readonly string[]) => Promise<number>;

const usage = `bounded run CONTRACT [--workspace DIR] [--approve all|GATE|ID,…] [--unsandboxed] [--model ID] [--json]
bounded resume [SESSION] [--approve all|GATE|ID,… | --send-back NOTE | --rewind BOUNDARY | --stop] [--unsandboxed] [--json]
bounded verify CONTRACT [--unsandboxed] [--json]
bounded check CONTRACT [--workspace DIR] [--json]
bounded status|trace|report [SESSION] [--json]
bounded rewind [SESSION] [--to BOUNDARY|base] [--file PATH] [--hunk ID]… [--flags] [--undo|--redo] [--dry-run] [--json]
bounded mark [SESSION] [--hunk ID… | --file PATH | --all] [--off] [--json]
bounded keep|squash|patch [SESSION] [--without-mine] [--json]
bounded drop [SESSION] [--branch] [--json]
bounded prune [--yes] [--json]
bounded demo [--dir DIR] [--unsandboxed] [--json]
`;

/** Each command is loaded when it is asked for, so that `check` does not wait for the model's library. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  run: async () => (await import('./commands/run.ts')).run,
  resume: async () => (await import('./commands/run.ts')).resume,
  verify: async () => (await import('./commands/verify.ts')).verify,
  check: async () => (await import('./commands/check.ts')).check,
  status: async () => (await import('./commands/look.ts')).status,
  trace: async () => (await import('./commands/look.ts')).trace,
  report: async () => (await import('./commands/look.ts')).report,
  rewind: async () => (await import('./commands/rewind.ts')).rewind,
  mark: async () => (await import('./commands/mark.ts')).mark,
  keep: async () => (await import('./commands/keep.ts')).keepAs('branch'),
  squash: async () => (await import('./commands/keep.ts')).keepAs('squash'),
  patch: async () => (await import('./commands/keep.ts')).keepAs('patch'),
  drop: async () => (await import('./commands/keep.ts')).drop,
  prune: async () => (await import('./commands/prune.ts')).prune,
  demo: async () => (await import('./demo.ts')).demo,
};

/** Set in every process that a session starts: such a process may look, but decides nothing. */
const insideSession = 'BOUNDED_CALL';
const deciding = ['run', 'resume', 'rewind', 'mark', 'keep', 'squash', 'patch', 'drop', 'prune'];

/** Their exit status tells how a session or its oracle stands; that of every other command only whether it was done. */
const measuring = ['run', 'resume', 'verify', 'demo'];
/** Commands that do nothing but print: what was not printed was not done. */
const showing = ['check', 'status', 'trace', 'report'];

async function main([name = '', ...args]: readonly string[]): Promise<number> {
  if (name === '--version') return print(`bounded ${(await import('./version.ts')).productVersion.split(' ')[1]}\n`);
  if (name === '--help' || name === 'help') return print(usage);
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (load === undefined) throw new UsageError(name === '' ? 'no command' : `there is no command ${name}`);
  if (deciding.includes(name) && process.env[insideSession] !== undefined) throw new StartRefusal('cannot-start', 'this process was started by a session; a person decides from a terminal of their own');
  return (await load())(args);
}

function print(text: string): number {
  process.stdout.write(text);
  return exits.pass;
}

async function explain(error: unknown, name = ''): Promise<number> {
  if (error instanceof UsageError) {
    process.stderr.write(`bounded: ${error.message}\n\n${usage}`);
    return exits.usage;
  }
  if (error instanceof StartRefusal) {
    const { describeProblem } = await import('./commands/check.ts');
    process.stderr.write(`bounded: ${error.message}\n${error.problems.map((problem) => `${describeProblem(error.file, problem)}\n`).join('')}`);
    if (!measuring.includes(name)) return exits.fail;
    return error.kind === 'bad-contract' ? exits.badContract : exits.cannotStart;
  }
  if (error instanceof Paused) {
    const paused = measuring.includes(name);
    process.stderr.write(`bounded: ${paused ? 'paused, ' : ''}${error.message}\n`);
    return paused ? exits.paused : exits.fail;
  }
  const fault = diskFault(error);
  if (fault !== undefined) {
    const paused = measuring.includes(name);
    process.stderr.write(`bounded: ${paused ? 'paused, ' : ''}${fault}, then: bounded ${paused ? 'resume' : name}\n`);
    return paused ? exits.paused : exits.fail;
  }
  // Somebody else wrote to the trace, moved or replaced it: nothing of ours to look for in a stack.
  if (error instanceof JournalFault) {
    process.stderr.write(`bounded: ${error.message}. Nothing more is recorded; look with bounded trace before bounded resume\n`);
    return exits.internal;
  }
  process.stderr.write(`bounded: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return exits.internal;
}

/** The status of a command, where its output was lost too. */
async function settle(status: number, name = ''): Promise<number> {
  const fault = await stdout.fault();
  if (fault === undefined) return status;
  process.stderr.write(`bounded: not everything could be printed: ${fault.message}\n`);
  return showing.includes(name) && status === exits.pass ? exits.fail : status;
}

const stdout = mind(process.stdout);
mind(process.stderr);
const words = process.argv.slice(2);
void main(words).catch((error: unknown) => explain(error, words[0])).then((status) => settle(status, words[0])).then((status) => {
  process.exitCode = status;
});
