import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { callRounds, filesFor } from '../test/fuzz/team-calls.ts';
import { raceRounds } from '../test/fuzz/team-race.ts';
import { serverBench } from '../test/fuzz/team-server.ts';

// Storms a real server: fifty who ask for the check-out at once, and random calls while the server is killed and answers are lost.
const usage = 'npm run fuzz:team [-- --what race|calls --rounds N --seed S --state URL]';

const { values } = parseArgs({
  options: {
    what: { type: 'string', default: 'race,calls' },
    rounds: { type: 'string' },
    seed: { type: 'string', default: '1' },
    state: { type: 'string' },
    help: { type: 'boolean' },
  },
});
if (values.help) console.log(usage);
else await main(values.what.split(','));

async function main(wanted: readonly string[]): Promise<void> {
  for (const what of wanted) {
    const folder = mkdtempSync(join(tmpdir(), 'lockstep-storm-'));
    const rounds = Number(values.rounds ?? (what === 'race' ? 1000 : 100));
    const bench = await serverBench(folder, {
      files: what === 'race' ? 0 : filesFor(rounds),
      ...(values.state === undefined ? {} : { state: values.state }),
    });
    const started = performance.now();
    try {
      const { wrong, ...counts } =
        what === 'race'
          ? await raceRounds(bench, { rounds, say: console.log })
          : await callRounds(bench, { rounds, seed: Number(values.seed), say: console.log });
      for (const line of wrong.slice(0, 20)) console.log(line);
      const said = Object.entries(counts).map(([name, value]) => `${value} ${name}`);
      console.log(`${what}: ${said.join(', ')}, ${wrong.length} wrong, ${((performance.now() - started) / 1000).toFixed(0)} s`);
      if (wrong.length > 0) process.exitCode = 1;
    } finally {
      await bench.close();
      rmSync(folder, { recursive: true, force: true });
    }
  }
}
