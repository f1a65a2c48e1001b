import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { findProgram } from '../../../src/node/workspace/git/findProgram.ts';
import type { Fixture } from './fixture.ts';

/** Milliseconds for one `lstat` of every file, in C, in one thread. */
export type LstatFloor = () => number;

/** Reads NUL-terminated paths and prints how long it takes to look at each once. */
const source = `
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
int main(int count, char **names) {
  if (count < 2) return 2;
  FILE *list = fopen(names[1], "rb");
  if (!list || fseek(list, 0, SEEK_END)) return 3;
  long size = ftell(list);
  char *bytes = malloc(size);
  rewind(list);
  if (!bytes || fread(bytes, 1, size, list) != (size_t)size) return 4;
  struct timespec from, to;
  struct stat found;
  long long sum = 0;
  clock_gettime(CLOCK_MONOTONIC, &from);
  for (char *path = bytes; path < bytes + size; path += strlen(path) + 1) {
    if (lstat(path, &found)) return 5;
    sum += found.st_size;
  }
  clock_gettime(CLOCK_MONOTONIC, &to);
  printf("%f %lld", (to.tv_sec - from.tv_sec) * 1e3 + (to.tv_nsec - from.tv_nsec) / 1e6, sum);
  return 0;
}
`;

/** Undefined where there is no C compiler: the floor is unknown then. */
export async function lstatFloor(fixture: Fixture): Promise<LstatFloor | undefined> {
  const compiler = await findProgram('cc', fixture.root);
  if (compiler === undefined) return undefined;
  const [code, program, list] = ['lstat.c', 'lstat', 'files'].map((name) => path.join(fixture.outside, name)) as [string, string, string];
  fs.writeFileSync(code, source);
  execFileSync(compiler, ['-O2', '-o', program, code]);
  fs.writeFileSync(list, fixture.files.map((file) => `${file}\0`).join(''));
  return () => Number(execFileSync(program, [list], { cwd: fixture.root, encoding: 'utf8' }).split(' ')[0]);
}

/** Milliseconds for writing contents over files one after the other: plainly, and as durably as a rewind has to be. */
export function writeFloors(fixture: Fixture, contents: ReadonlyMap<string, string>): { readonly plain: number; readonly durable: number } {
  const folder = path.join(fixture.outside, 'written');
  for (const file of contents.keys()) fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
  for (const [file, content] of contents) fs.writeFileSync(path.join(folder, file), content);
  const plain = timed(() => {
    for (const [file, content] of contents) fs.writeFileSync(path.join(folder, file), content);
  });
  const durable = timed(() => {
    for (const [file, content] of contents) {
      const place = path.join(folder, file);
      const handle = fs.openSync(`${place}.new`, 'wx');
      fs.writeSync(handle, content);
      fs.fsyncSync(handle);
      fs.closeSync(handle);
      fs.renameSync(`${place}.new`, place);
    }
  });
  fs.rmSync(folder, { recursive: true });
  return { plain, durable };
}

function timed(work: () => void): number {
  const began = performance.now();
  work();
  return performance.now() - began;
}
