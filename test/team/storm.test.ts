import { afterEach, expect, test } from 'vitest';
import { callRounds, filesFor } from '../fuzz/team-calls.ts';
import { raceRounds } from '../fuzz/team-race.ts';
import { type ServerBench, serverBench } from '../fuzz/team-server.ts';
import { freshFolder } from '../support/database.ts';
import { rounds } from '../support/effort.ts';

let bench: ServerBench | undefined;
afterEach(async () => {
  await bench?.close();
  bench = undefined;
});

test('of fifty people who ask at once, each with a key, one gets the check-out', { timeout: 600_000 }, async () => {
  bench = await serverBench(freshFolder(), { files: 0 });
  const report = await raceRounds(bench, { rounds: rounds(3, 1000), say: () => undefined });
  expect(report.wrong).toEqual([]);
  expect(report.answers).toBe(50 * report.rounds);
});

test('random calls of a server that is killed, with answers that nobody hears, lose and double nothing', { timeout: 600_000 }, async () => {
  const wanted = rounds(4, 100);
  bench = await serverBench(freshFolder(), { files: filesFor(wanted) });
  const report = await callRounds(bench, { rounds: wanted, seed: 7, say: () => undefined });
  expect(report.wrong).toEqual([]);
  expect(report.lost).toBeGreaterThan(0);
  expect(report.kills).toBeGreaterThan(0);
  expect(report.versions).toBeGreaterThan(0);
});
