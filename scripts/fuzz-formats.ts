import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { damagedFiles, type Ending, endings, soup, survive } from '../test/fuzz/malformed.ts';

// Damages files of every format and makes up others: each is read, or refused with places, within a second.
const usage = `npm run fuzz:formats [-- --format ${endings.join('|')} --rounds N --seed S]`;

/** Milliseconds that a file of ordinary size may take. */
const longest = 1000;

const { values } = parseArgs({
  options: {
    format: { type: 'string' },
    rounds: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    help: { type: 'boolean' },
  },
});
const chosen = endings.filter((ending) => values.format === undefined || values.format.split(',').includes(ending));
if (values.help || chosen.length === 0) {
  console.log(usage);
  process.exitCode = values.help ? 0 : 64;
} else for (const ending of chosen) await fuzz(ending, Number(values.rounds), Number(values.seed));

async function fuzz(ending: Ending, rounds: number, seed: number): Promise<void> {
  const counts = { read: 0, refused: 0, slowest: 0 };
  const files = fc.oneof({ arbitrary: await damagedFiles(ending), weight: 3 }, { arbitrary: soup(ending), weight: 1 });
  const one = fc.asyncProperty(files, async (text) => {
    const started = performance.now();
    const refused = await survive(ending, text);
    const took = performance.now() - started;
    counts.slowest = Math.max(counts.slowest, took);
    counts[refused === undefined ? 'read' : 'refused']++;
    if (took > longest) throw new Error(`it took ${took.toFixed(0)} ms`);
  });
  const result = await fc.check(one, { numRuns: rounds, seed });
  console.log(
    `${ending}: ${result.numRuns} files, ${counts.read} read, ${counts.refused} refused, slowest ${counts.slowest.toFixed(0)} ms`,
  );
  if (!result.failed) return;
  process.exitCode = 1;
  console.log(`seed ${seed}, path ${result.counterexamplePath}\n${JSON.stringify(result.counterexample?.[0])}`);
  console.log(result.errorInstance);
}
