import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { House, type Template } from './house.ts';

/** The file that fixed histories are about. */
export const name = 'src/a.txt';

/** A file of the session with the real journal, store and agent, and short words for what a history does to it. */
export interface File {
  text(): string;
  edit(from: string, to: string): void;
  /** A command of the session that makes this edit. */
  command(from: string, to: string): Promise<void>;
}

export type History = (house: House, file: File) => Promise<void>;

/** Plays one history in a folder of its own, in a session that flags strays. */
export async function playFixed(template: Template, history: History): Promise<void> {
  const folder = template.copy('flag');
  const house = await House.takeUp(folder);
  const at = path.join(folder, 'work', name);
  const edit = (from: string, to: string): void => {
    assert.ok(fs.readFileSync(at, 'utf8').includes(from));
    fs.writeFileSync(at, fs.readFileSync(at, 'utf8').replace(from, to));
  };
  try {
    await history(house, { text: () => fs.readFileSync(at, 'utf8'), edit, command: (from, to) => house.command(() => edit(from, to)) });
  } finally {
    await house.close();
  }
}

export const lastRewind = (house: House): string => house.session.rewinds.at(-1)?.id ?? assert.fail('nothing was rewound');
