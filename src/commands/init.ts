import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { withoutSecrets } from '../base/index.ts';
import { nextLabel } from './new.ts';
import type { CommonOptions } from './options.ts';

export interface InitOptions extends CommonOptions {
  /** The database that the configuration shall name; an embedded one by default. */
  readonly url?: string;
  /** Where migrations shall live. */
  readonly dir?: string;
  /** Write an example migration where there is none; yes by default. */
  readonly example?: boolean;
}

export interface InitReport {
  readonly url: string;
  readonly files: readonly { readonly path: string; readonly what: 'created' | 'changed' | 'kept'; readonly note?: string }[];
  /** Secrets of the URL went to `.env`. */
  readonly secret: boolean;
}

/** An embedded database that needs nothing to be installed. */
export const embedded = { sqlite: 'sqlite:./.lockstep/dev.db', pglite: 'pglite:./.lockstep/pg' } as const;

/** Sets Lockstep up in a folder. Existing files are kept as they are; nothing is run on a database. */
export function init(options: InitOptions = {}): Promise<InitReport> {
  const folder = resolve(options.cwd ?? process.cwd());
  const dir = options.dir ?? 'migrations';
  const url = options.url ?? embedded.sqlite;
  const secret = withoutSecrets(url) !== url;
  const files: InitReport['files'][number][] = [];
  const write = (path: string, text: string, note?: string): void => {
    const full = join(folder, path);
    if (existsSync(full)) {
      files.push({ path, what: 'kept' });
      return;
    }
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, text, { flag: 'wx' });
    files.push({ path, what: 'created', ...(note === undefined ? {} : { note }) });
  };
  const config = existing(folder) ?? 'lockstep.config.ts';
  write(config, configText(secret ? undefined : url, dir), secret ? 'the URL holds a password and went to .env' : undefined);
  if (secret) write('.env', `DATABASE_URL=${url}\n`, 'never commit it');
  const migrations = join(folder, dir);
  mkdirSync(migrations, { recursive: true });
  if (url.includes('.lockstep/')) mkdirSync(join(folder, '.lockstep'), { recursive: true });
  if (options.example !== false && readdirSync(migrations).every((name) => name.startsWith('.'))) {
    write(`${dir}/${nextLabel('datetime', [], new Date())}_hello.sql`, example);
  }
  const ignored = ignore(folder, secret ? ['.lockstep/', '.env'] : ['.lockstep/']);
  if (ignored !== undefined) files.push(ignored);
  return Promise.resolve({ url: withoutSecrets(url), files, secret });
}

function existing(folder: string): string | undefined {
  return ['ts', 'mts', 'js', 'mjs', 'cjs', 'json']
    .map((extension) => `lockstep.config.${extension}`)
    .find((name) => existsSync(join(folder, name)));
}

function configText(url: string | undefined, dir: string): string {
  return [
    `import { defineConfig } from 'lockstep';`,
    '',
    'export default defineConfig({',
    url === undefined
      ? '  // The database is named by DATABASE_URL, here from .env.'
      : `  url: ${JSON.stringify(url).replace(/^"|"$/g, "'")},`,
    ...(dir === 'migrations' ? [] : [`  migrations: '${dir}',`]),
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

const example = `-- A first migration. Write your own and delete this one.
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

function ignore(folder: string, lines: readonly string[]): InitReport['files'][number] | undefined {
  const path = join(folder, '.gitignore');
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const missing = lines.filter((line) => !text.split(/\r?\n/).includes(line));
  if (missing.length === 0) return undefined;
  const gap = text === '' || text.endsWith('\n') ? '' : '\n';
  writeFileSync(path, `${text}${gap}${missing.join('\n')}\n`);
  return { path: '.gitignore', what: text === '' ? 'created' : 'changed', note: `+ ${missing.join(' ')}` };
}
