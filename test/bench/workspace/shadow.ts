import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { type Fixture, gitEnvironment } from './fixture.ts';

/** The way of other tools: a second repository on the same work tree, whose index stays warm. */
export class ShadowRepository {
  readonly #fixture: Fixture;
  readonly #directory: string;

  constructor(fixture: Fixture, number: number) {
    this.#fixture = fixture;
    this.#directory = path.join(fixture.outside, `shadow${number}`);
    this.#git('init', '-q');
    this.#git('config', 'gc.auto', '0');
  }

  /** Milliseconds for one checkpoint. */
  commit(): number {
    const began = performance.now();
    this.#git('add', '-A');
    this.#git('commit', '-q', '--allow-empty', '--no-verify', '-m', 'checkpoint');
    return performance.now() - began;
  }

  remove(): void {
    fs.rmSync(this.#directory, { recursive: true });
  }

  #git(...args: string[]): void {
    fs.mkdirSync(this.#directory, { recursive: true });
    execFileSync('git', args, { cwd: this.#fixture.root, env: { ...gitEnvironment(this.#fixture.outside), GIT_DIR: this.#directory, GIT_WORK_TREE: this.#fixture.root }, stdio: ['ignore', 'ignore', 'inherit'] });
  }
}
