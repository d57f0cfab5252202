import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { provideServers } from '../test/support/server/provide.ts';
import { type History, type Outcome, type Place, runHistory, type Step, steps } from './corpora/history.ts';
import { diffCases, type Pair, runPair, wholeSchemas } from './corpora/pair.ts';
import { journeys, runJourney } from './corpora/replicate.ts';

// Runs real migration histories, schemas and pairs of schemas of other projects and holds the result against the engines' own programs.
const usage = `npm run corpora -- DIR [--what histories,schemas,pairs,replicate] [--only ID,ID]
  DIR holds histories.json, schemas.json, diffcases.json and the folders that they name`;

/** Histories that cannot do a step, each with the reason. A reason that is no longer needed is a failure too. */
type Exceptions = Readonly<Record<string, { readonly step: Step; readonly reason: string }>>;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { only: { type: 'string' }, what: { type: 'string' }, help: { type: 'boolean' } },
});
const [folder] = positionals;
if (folder === undefined || values.help) {
  console.log(usage);
  process.exitCode = values.help ? 0 : 64;
} else {
  await main(resolve(folder), values.what?.split(',') ?? ['histories', 'schemas', 'pairs'], values.only?.split(','));
}

async function main(corpora: string, what: readonly string[], only: readonly string[] | undefined): Promise<void> {
  const isChosen = ({ id }: { readonly id: string }): boolean =>
    only === undefined || only.some((one) => id === one || id.startsWith(`${one}/`));
  const provision = await provideServers(console.error);
  const admin = (flavour: string): string => {
    if (flavour === 'sqlite') return '';
    const provided = flavour === 'postgres' ? provision.postgres : provision.mariadb;
    if ('missing' in provided) throw new Error(`no server "${flavour}": ${provided.missing}`);
    return provided.url;
  };
  const place: Place = { corpora, folder: provision.folder, admin };
  let bad = 0;
  try {
    if (what.includes('histories')) bad += await runHistories(place, isChosen);
    if (what.includes('schemas')) bad += await runPairs('schemas', wholeSchemas(corpora).filter(isChosen), place);
    if (what.includes('pairs')) bad += await runPairs('pairs', diffCases(corpora).filter(isChosen), place);
    if (what.includes('replicate')) bad += await runJourneys(place, isChosen);
  } finally {
    await provision.close();
  }
  if (bad > 0) process.exitCode = 1;
}

/** Prints what came of each journey through the engines, and counts those that did not arrive. */
async function runJourneys(place: Place, isChosen: (one: { readonly id: string }) => boolean): Promise<number> {
  let bad = 0;
  for (const journey of journeys.filter(isChosen)) {
    const text = await runJourney(journey, place).catch((error: Error) => {
      bad++;
      return `FAILED ${error.message}`;
    });
    console.log(`${journey.id.padEnd(26)} ${journey.through.join(' → ')}: ${text}`);
  }
  return bad;
}

async function runHistories(place: Place, isChosen: (one: History) => boolean): Promise<number> {
  const histories = JSON.parse(readFileSync(join(place.corpora, 'histories.json'), 'utf8')) as readonly History[];
  const exceptions = JSON.parse(readFileSync(new URL('corpora-exceptions.json', import.meta.url), 'utf8')) as Exceptions;
  const chosen = histories.filter(isChosen);
  let bad = 0;
  printRow('history', 'engine', 'files', 'own s', 'ours s', 'result');
  for (const history of chosen) {
    const outcome = await runHistory(history, place);
    const { good, text } = judged(outcome, exceptions);
    if (!good) bad++;
    const { own, lockstep } = outcome.seconds;
    printRow(history.id, history.engine, `${history.up}+${history.down}`, own.toFixed(1), lockstep.toFixed(1), text);
  }
  console.log(`${chosen.length} histories, ${chosen.reduce((sum, { up }) => sum + up, 0)} migrations, ${bad} not as they should be`);
  return bad;
}

/** Prints what did not pass, and how many did. Only what is wrong counts as bad: a refusal has lied to nobody. */
async function runPairs(what: string, pairs: readonly Pair[], place: Place): Promise<number> {
  const counts = { passed: 0, refused: 0, wrong: 0, unloadable: 0 };
  for (const pair of pairs) {
    const { kind, why } = await runPair(pair, place);
    counts[kind]++;
    if (kind !== 'passed') console.log(`${pair.id.padEnd(60)} ${pair.engine.padEnd(8)} ${kind}: ${why}`);
  }
  console.log(
    `${pairs.length} ${what}: ${Object.entries(counts)
      .map(([kind, n]) => `${n} ${kind}`)
      .join(', ')}`,
  );
  return counts.wrong;
}

function judged({ history, done, failed }: Outcome, exceptions: Exceptions): { readonly good: boolean; readonly text: string } {
  const exception = exceptions[history.id];
  const passed = steps.filter((step) => done.includes(step)).join(' ');
  if (failed === undefined) {
    if (exception === undefined) return { good: true, text: passed };
    return { good: false, text: `${passed}\n  runs, though the exceptions say otherwise: ${exception.reason}` };
  }
  if (exception?.step === failed.step) return { good: true, text: `${passed} (not ${failed.step}: ${exception.reason})` };
  return { good: false, text: `${passed} FAILED ${failed.step}\n${failed.why.replace(/^/gm, '    ')}` };
}

function printRow(...[id, engine, files, own, ours, result]: readonly [string, string, string, string, string, string]): void {
  console.log(`${id.padEnd(26)} ${engine.padEnd(8)} ${files.padStart(7)} ${own.padStart(6)} ${ours.padStart(6)}  ${result}`);
}
