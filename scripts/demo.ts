import { spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

// Plays the sample project through, on a copy of it and an embedded database: every command is really run, and the demonstration fails
// when one ends otherwise than it should. `npm run demo -- pglite:./shop` takes another database.
const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'lockstep-demo-'));
const [url] = process.argv.slice(2);

function say(text: string): void {
  console.log(`\n── ${text}\n`);
}

function lockstep(line: string, exit = 0): void {
  console.log(`$ lockstep ${line}`);
  const args = [join(root, 'bin/lockstep'), ...line.split(' '), '-C', folder, ...(url === undefined ? [] : ['--url', url])];
  const { status } = spawnSync(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== exit) throw new Error(`lockstep ${line} ended with ${status}, not with ${exit}`);
  if (exit !== 0) console.log(`[exit ${exit}]`);
}

function migration(name: string, text: string): void {
  console.log(`migrations/${name}:\n${text.replace(/^/gm, '    ').trimEnd()}\n`);
  writeFileSync(join(folder, 'migrations', name), text);
}

try {
  cpSync(join(root, 'examples/shop'), folder, { recursive: true });

  say('A shop with six migrations in SQL, YAML, JSON and TypeScript. What would run:');
  lockstep('plan');

  say('Apply them, each with its own checks.');
  lockstep('up --verify');
  lockstep('status');

  say('A mistake in the middle of a migration leaves nothing behind, and says where it is.');
  const wrong =
    'CREATE TABLE points (customer integer NOT NULL, points integer NOT NULL);\nINSERT INTO points (customer, pionts) VALUES (1, 100);\n';
  migration('007_points.sql', wrong);
  lockstep('up', 2);
  say('Mended, and with a way back:');
  migration('007_points.sql', `-- lockstep:up\n${wrong.replace('pionts', 'points')}\n-- lockstep:down\nDROP TABLE points;\n`);
  lockstep('up');
  lockstep('redo --yes');

  say('What would destroy data is refused until the table is named.');
  migration('008_no_emails.yaml', 'up:\n  - dropColumn: { table: newsletter, name: since }\n');
  lockstep('up', 3);
  lockstep('up --allow destructive:newsletter');

  say('A file that is edited after it was applied does not go unseen.');
  appendFileSync(join(folder, 'migrations', '005_newsletter.up.sql'), '\nDELETE FROM newsletter;\n');
  lockstep('status --exit-code', 1);
  lockstep('mark accept 005 --reason demonstration');

  say('And every command answers in JSON.');
  lockstep('status --json');
  console.log(`\nThe commands, one page each: docs/commands/README.md`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
