import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { Failure, withoutSecrets } from '../base/index.ts';
import { targetOf } from '../config/index.ts';
import { builtInDrivers } from '../drivers/index.ts';
import { nextLabel } from './new.ts';
import type { CommonOptions } from './options.ts';
import { databaseOf, openProject } from './project.ts';
import { withSession } from './structure.ts';
import { readForTakeOver, type TakenOver, takeOver } from './take-over.ts';
import { writing } from './write.ts';

export interface InitOptions extends CommonOptions {
  /** The database that the configuration shall name; an embedded one by default. */
  readonly url?: string;
  /** Where migrations shall live. */
  readonly dir?: string;
  /** Take the database over as it is: its structure becomes the first migration, which is marked as applied. */
  readonly fromDatabase?: boolean;
  /** See first whether the database can be reached: a configuration that names one in vain helps nobody. */
  readonly reach?: boolean;
  /** Write an example migration where there is none; yes by default. */
  readonly example?: boolean;
}

export interface InitReport {
  /** The database that commands use from now on, without secrets; nothing where none is named. */
  readonly url?: string;
  readonly files: readonly { readonly path: string; readonly what: 'created' | 'changed' | 'kept'; readonly note?: string }[];
  /** Secrets of the URL went to `.env`. */
  readonly secret: boolean;
  /** An example migration was written. */
  readonly example: boolean;
  /** What was taken over. */
  readonly taken?: TakenOver;
}

type File = InitReport['files'][number];

/** An embedded database that needs nothing to be installed. */
export const embedded = { sqlite: 'sqlite:./.lockstep/dev.db', pglite: 'pglite:./.lockstep/pg' } as const;

/**
 * Sets Lockstep up in a folder. Existing files are kept as they are; nothing is run on a database, but that a history is made in one that
 * is taken over. Refuses a URL that nobody can use.
 */
export async function init(options: InitOptions = {}): Promise<InitReport> {
  if (options.fromDatabase !== true) return setUp(options);
  const seen = await readForTakeOver(options);
  const report = await setUp({ ...options, example: false });
  return { ...report, taken: await takeOver(options, seen) };
}

async function setUp(options: InitOptions): Promise<InitReport> {
  const folder = resolve(options.cwd ?? process.cwd());
  if (options.url !== undefined) targetOf(options.url, folder, builtInDrivers());
  if (options.reach === true) await reach(options);
  const kept = existing(folder);
  // A database that is taken over may be named by DATABASE_URL alone, and is so from now on.
  const url = options.url ?? (options.fromDatabase === true ? undefined : embedded.sqlite);
  // What a configuration that is there already says holds, also for the folder.
  const dir = kept === undefined ? (options.dir ?? 'migrations') : ((await openProject({ cwd: folder })).folder ?? 'migrations');
  const migrations = resolve(folder, dir);
  if (existsSync(migrations) && !statSync(migrations).isDirectory()) {
    throw new Failure('source.missing', `"${dir}" is a file, no folder of migrations`, {
      state: 'nothing was written',
      fix: ['lockstep init --dir DIR', 'rename the file'],
    });
  }
  writing(dir, () => mkdirSync(migrations, { recursive: true }));
  const secret = kept === undefined && url !== undefined && withoutSecrets(url) !== url;
  const files: File[] = kept === undefined ? configFiles(folder, { url, dir, secret }) : [keptConfig(kept, options)];
  if (kept === undefined && url?.includes('.lockstep/') === true) mkdirSync(join(folder, '.lockstep'), { recursive: true });
  const example = options.example !== false && readdirSync(migrations).every((name) => name.startsWith('.'));
  if (example) files.push(create(folder, `${dir}/${nextLabel('datetime', [], new Date())}_hello.sql`, exampleText));
  const ignored = ignore(folder, secret ? ['.lockstep/', '.env'] : ['.lockstep/']);
  if (ignored !== undefined) files.push(ignored);
  const shown = await shownUrl(folder, options);
  return { ...(shown === undefined ? {} : { url: shown }), files, secret, example };
}

async function reach({ example: _, dir: __, ...options }: InitOptions): Promise<void> {
  const project = await openProject(options);
  await withSession(await databaseOf(project, options), project, options, { readOnly: true }, () => Promise.resolve());
}

/** The configuration that the folder has: a file, or a key of package.json. */
function existing(folder: string): string | undefined {
  const file = ['ts', 'mts', 'js', 'mjs', 'cjs', 'json']
    .map((extension) => `lockstep.config.${extension}`)
    .find((name) => existsSync(join(folder, name)));
  return file ?? (hasOwnKey(join(folder, 'package.json')) ? 'package.json' : undefined);
}

function hasOwnKey(path: string): boolean {
  try {
    return 'lockstep' in (JSON.parse(readFileSync(path, 'utf8')) as object);
  } catch {
    // A package.json that is missing or broken holds no configuration.
    return false;
  }
}

function keptConfig(path: string, { url, dir }: InitOptions): File {
  const ignored = [url === undefined ? '' : '--url', dir === undefined ? '' : '--dir'].filter((flag) => flag !== '');
  return { path, what: 'kept', ...(ignored.length === 0 ? {} : { note: `it holds; ${ignored.join(' and ')} changed nothing` }) };
}

function configFiles(folder: string, config: { readonly url: string | undefined; readonly dir: string; readonly secret: boolean }): File[] {
  const { url, dir, secret } = config;
  const note = secret ? 'the URL holds a password and went to .env' : undefined;
  const file = create(folder, 'lockstep.config.ts', configText(secret ? undefined : url, dir), note);
  return secret && url !== undefined ? [file, environmentFile(folder, url)] : [file];
}

function create(folder: string, path: string, text: string, note?: string): File {
  const full = resolve(folder, path);
  writing(path, () => {
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, text, { flag: 'wx' });
  });
  return { path, what: 'created', ...(note === undefined ? {} : { note }) };
}

/** The URL in `.env`; what is there already stays, above all another URL. */
function environmentFile(folder: string, url: string): File {
  const path = join(folder, '.env');
  const line = `DATABASE_URL=${JSON.stringify(url)}\n`;
  if (!existsSync(path)) return create(folder, '.env', line, 'never commit it');
  const text = readFileSync(path, 'utf8');
  const known = parseEnv(text)['DATABASE_URL'];
  if (known === url) return { path: '.env', what: 'kept' };
  if (known !== undefined) return { path: '.env', what: 'kept', note: 'it names another DATABASE_URL, which holds' };
  writing('.env', () => writeFileSync(path, `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${line}`));
  return { path: '.env', what: 'changed', note: '+ DATABASE_URL   never commit it' };
}

/** What the next command will use: the configuration, the environment and `.env` together say it. */
async function shownUrl(folder: string, { env }: InitOptions): Promise<string | undefined> {
  try {
    const options = { cwd: folder, ...(env === undefined ? {} : { env }) };
    return (await databaseOf(await openProject(options), options)).target.shown;
  } catch (error) {
    if (error instanceof Failure) return undefined;
    throw error;
  }
}

function configText(url: string | undefined, dir: string): string {
  return [
    `import { defineConfig } from 'lockstep';`,
    '',
    'export default defineConfig({',
    url === undefined ? '  // The database is named by DATABASE_URL, here from .env.' : `  url: ${quoted(url)},`,
    ...(dir === 'migrations' ? [] : [`  migrations: ${quoted(dir)},`]),
    '',
    '  // Named databases: lockstep up --env production',
    "  // environments: { production: { url: process.env.PRODUCTION_URL ?? '', protected: true } },",
    '',
    '  // Migrations older than the newest applied one: run, warn (run and say so) or refuse.',
    `  late: 'warn',`,
    '});',
    '',
  ].join('\n');
}

/** A text as code. */
function quoted(text: string): string {
  return /['\\\n]/.test(text) ? JSON.stringify(text) : `'${text}'`;
}

const exampleText = `-- A first migration. Write your own and delete this one.
-- lockstep:up
CREATE TABLE hello (
  id integer PRIMARY KEY,
  greeting varchar(100) NOT NULL
);
INSERT INTO hello (id, greeting) VALUES (1, 'Hello from Lockstep');

-- lockstep:down
DROP TABLE hello;

-- lockstep:verify
SELECT count(*) FROM hello;
`;

function ignore(folder: string, lines: readonly string[]): File | undefined {
  const path = join(folder, '.gitignore');
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const missing = lines.filter((line) => !text.split(/\r?\n/).includes(line));
  if (missing.length === 0) return undefined;
  const gap = text === '' || text.endsWith('\n') ? '' : '\n';
  writing('.gitignore', () => writeFileSync(path, `${text}${gap}${missing.join('\n')}\n`));
  return { path: '.gitignore', what: text === '' ? 'created' : 'changed', note: `+ ${missing.join(' ')}` };
}
