import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { provideServers } from '../test/support/server/provide.ts';
import { type History, type Outcome, runHistory, type Step, steps } from './corpora/history.ts';

// Runs real migration histories of other projects and holds the result against the engines' own programs.
const usage = 'npm run corpora -- DIR [--only ID,ID]     DIR holds histories.json and the folders that it names';

/** Histories that cannot do a step, each with the reason. A reason that is no longer needed is a failure too. */
type Exceptions = Readonly<Record<string, { readonly step: Step; readonly reason: string }>>;

const { values, positionals } = parseArgs({ allowPositionals: true, options: { only: { type: 'string' }, help: { type: 'boolean' } } });
const [folder] = positionals;
if (folder === undefined || values.help) {
  console.log(usage);
  process.exitCode = values.help ? 0 : 64;
} else {
  await main(resolve(folder), values.only?.split(','));
}

async function main(corpora: string, only: readonly string[] | undefined): Promise<void> {
  const histories = JSON.parse(readFileSync(join(corpora, 'histories.json'), 'utf8')) as readonly History[];
  const exceptions = JSON.parse(readFileSync(new URL('corpora-exceptions.json', import.meta.url), 'utf8')) as Exceptions;
  const chosen = histories.filter(({ id }) => only === undefined || only.includes(id));
  if (chosen.length === 0) throw new Error(`no history to run\n${usage}`);
  const provision = await provideServers(console.error);
  const admin = (flavour: string): string => {
    if (flavour === 'sqlite') return '';
    const provided = flavour === 'postgres' ? provision.postgres : provision.mariadb;
    if ('missing' in provided) throw new Error(`no server "${flavour}": ${provided.missing}`);
    return provided.url;
  };
  let bad = 0;
  try {
    printRow('history', 'engine', 'files', 'own s', 'ours s', 'result');
    for (const history of chosen) {
      const outcome = await runHistory(history, { corpora, folder: provision.folder, admin });
      const { good, text } = judged(outcome, exceptions);
      if (!good) bad++;
      const { own, lockstep } = outcome.seconds;
      printRow(history.id, history.engine, `${history.up}+${history.down}`, own.toFixed(1), lockstep.toFixed(1), text);
    }
  } finally {
    await provision.close();
  }
  console.log(`${chosen.length} histories, ${chosen.reduce((sum, { up }) => sum + up, 0)} migrations, ${bad} not as they should be`);
  if (bad > 0) process.exitCode = 1;
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
