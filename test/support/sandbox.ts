import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { freshFolder } from './database.ts';
import { type CallOptions, type Outcome, type Running, startProgram } from './program.ts';

export type { CallOptions, Outcome, Running } from './program.ts';

/** A project folder of the test's own, in which the real program is run as a process of its own. */
export interface Sandbox {
  readonly folder: string;
  write(path: string, text: string): void;
  read(path: string): string;
  remove(path: string): void;
  run(args: readonly string[], options?: CallOptions): Promise<Outcome>;
  start(args: readonly string[], options?: CallOptions): Running;
}

/** An empty project, or one with the files that are given. It goes at the end of the run. */
export function sandbox(files: Readonly<Record<string, string>> = {}): Sandbox {
  const folder = freshFolder();
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  for (const [path, text] of Object.entries(files)) write(path, text);
  const start = (args: readonly string[], options: CallOptions = {}): Running => startProgram(folder, args, options);
  return {
    folder,
    write,
    read: (path) => readFileSync(join(folder, path), 'utf8'),
    remove: (path) => rmSync(join(folder, path), { recursive: true }),
    run: (args, options) => start(args, options).done,
    start,
  };
}
