import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const usage = fileURLToPath(new URL('usage.cjs', import.meta.url));

/** What one process took from its start to its end: milliseconds, and megabytes at its peak. */
export interface Measured {
  readonly cpu: number;
  readonly wall: number;
  readonly megabytes: number;
}

/** Runs Node with some arguments and measures it. Refuses when it does not end with 0: a failure is no result. */
export async function measure(args: readonly string[], cwd: string): Promise<Measured & { readonly stdout: string }> {
  // A certificate file to read costs Node 20 about 50 ms at each start, whoever is measured.
  const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env;
  const started = performance.now();
  const child = spawn(process.execPath, ['--require', usage, ...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe', 'pipe'] });
  const [stdout, stderr, used, [code]] = await Promise.all([
    text(child.stdout as Readable),
    text(child.stderr as Readable),
    text(child.stdio[3] as Readable),
    once(child, 'exit'),
  ]);
  const wall = performance.now() - started;
  if (code !== 0) throw new Error(`node ${args.join(' ')} ended with ${String(code)}:\n${lastLines(stdout)}\n${lastLines(stderr)}`);
  const { cpu, megabytes } = JSON.parse(used) as { cpu: number; megabytes: number };
  return { cpu, wall, megabytes, stdout };
}

/** A program that is not Node cannot be asked what it used; how long it took can be told. */
export async function measureProgram(program: string, args: readonly string[]): Promise<Measured & { readonly stdout: string }> {
  const started = performance.now();
  const child = spawn(program, [...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout as Readable), text(child.stderr as Readable), once(child, 'exit')]);
  if (code !== 0) throw new Error(`${program} ended with ${String(code)}: ${stderr}`);
  return { wall: performance.now() - started, cpu: Number.NaN, megabytes: Number.NaN, stdout };
}

function lastLines(said: string): string {
  return said.trim().split('\n').slice(-15).join('\n');
}

/** The least, the middle and the most of some numbers. */
export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

export function spread(numbers: readonly number[]): Spread {
  const sorted = [...numbers].sort((a, b) => a - b);
  const at = (place: number): number => sorted[Math.round(place)] ?? Number.NaN;
  return { min: at(0), median: at((sorted.length - 1) / 2), max: at(sorted.length - 1) };
}
