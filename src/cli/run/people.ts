import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Failure } from '../../base/index.ts';
import { type AskOptions, askTeam, keyFrom, login } from '../../commands/index.ts';
import type { Answer, Screen } from '../answer.ts';
import type { Parsed } from '../argv.ts';
import { atMost, commonOptions, folderOf, needed } from '../options.ts';
import { columns, type Terminal } from '../terminal.ts';
import { duration } from './team.ts';

/** `lockstep login URL` */
export async function runLogin({ parsed, terminal }: Screen): Promise<Answer> {
  atMost(parsed, 1);
  const server = needed(parsed, 0, 'the address of a server');
  const report = await login({ ...commonOptions(parsed), server, key: keyOf(parsed) });
  return {
    exitCode: 0,
    data: report,
    show: () => {
      terminal.print(
        `${terminal.out.green(terminal.out.sign.ok)} This working copy belongs to ${report.server}; you are ${report.user}, ${report.role}.`,
      );
      terminal.print('  Next:  lockstep team status  ·  lockstep checkout -m WHY');
    },
  };
}

function keyOf(parsed: Parsed): string {
  const file = parsed.value('key-file');
  const key = file === undefined ? process.env['LOCKSTEP_KEY'] : keyFrom(file, folderOf(parsed));
  if (key !== undefined && key !== '') return key;
  throw new Failure('usage.missing-argument', 'a key is needed: --key-file FILE, or LOCKSTEP_KEY', {
    state: 'nothing was asked',
    fix: ['--key-file FILE', '--key-file -   from standard input'],
  });
}

function accessOf(parsed: Parsed): AskOptions {
  const server = parsed.value('server');
  if (server === undefined && parsed.has('key-file')) throw new Failure('usage.invalid-value', '--key-file goes with --server');
  return { ...commonOptions(parsed), ...(server === undefined ? {} : { access: { server, key: keyOf(parsed) } }) };
}

/** Hands a secret out: into a file for its owner's eyes only, or on the screen, once. */
function handOut(secret: string, parsed: Parsed): { readonly file?: string; show(terminal: Terminal): void } {
  const file = parsed.value('key-out');
  if (file === undefined) {
    return {
      show: (terminal) => {
        terminal.print(secret);
        terminal.note('This is shown once. Whoever has it is you: keep it where only you can read it.');
      },
    };
  }
  try {
    writeFileSync(resolve(folderOf(parsed), file), `${secret}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    throw new Failure(
      'usage.invalid-value',
      `--key-out ${file} cannot be written: ${error instanceof Error ? error.message : String(error)}`,
      {
        state: 'the key was made and is lost',
        fix: ['lockstep keys list   then revoke it', 'lockstep keys add LABEL --key-out FILE'],
      },
    );
  }
  return { file, show: (terminal) => terminal.print(`  ${terminal.out.green('+')} ${file}   the key, for your eyes only`) };
}

/** `lockstep users [list | add NAME | role NAME ROLE | remove NAME]` */
export async function runUsers({ parsed, terminal }: Screen): Promise<Answer> {
  const [verb = 'list'] = parsed.arguments;
  const options = accessOf(parsed);
  const ok = terminal.out.green(terminal.out.sign.ok);
  if (verb === 'list') {
    atMost(parsed, 1);
    const users = await askTeam(options, 'users', {});
    return {
      exitCode: 0,
      data: users,
      show: () => {
        if (users.length === 0) terminal.print('There are no users.');
        for (const line of columns(users.map(({ user, role, since }) => [user, role, `since ${since.slice(0, 10)}`]))) terminal.print(line);
      },
    };
  }
  const user = needed(parsed, 1, 'the name of a user');
  if (verb === 'add') {
    atMost(parsed, 2);
    const role = parsed.value('role');
    if (role === undefined)
      throw new Failure('usage.missing-argument', `what ${user} may do must be said: --role developer`, { state: 'nobody was added' });
    const { key, ...added } = await askTeam(options, 'addUser', { user, role: role as 'viewer' });
    const out = handOut(key, parsed);
    return {
      exitCode: 0,
      data: out.file === undefined ? { ...added, key } : { ...added, keyFile: out.file },
      show: () => {
        terminal.note(`${ok} ${user} is ${role}.`);
        out.show(terminal);
      },
    };
  }
  if (verb === 'role') {
    atMost(parsed, 3);
    const role = needed(parsed, 2, 'a role');
    const data = await askTeam(options, 'changeRole', { user, role: role as 'viewer' });
    return { exitCode: 0, data, show: () => terminal.print(`${ok} ${user} is ${data.role}.`) };
  }
  if (verb === 'remove') {
    atMost(parsed, 2);
    const data = await askTeam(options, 'removeUser', { user });
    return { exitCode: 0, data, show: () => terminal.print(`${ok} ${user} is gone, with all keys.`) };
  }
  throw new Failure('usage.invalid-value', `users takes list, add, role or remove, not "${verb}"`, { fix: ['lockstep users --help'] });
}

/** `lockstep keys [list | add LABEL | revoke KEY]` */
export async function runKeys({ parsed, terminal }: Screen): Promise<Answer> {
  const [verb = 'list'] = parsed.arguments;
  const options = accessOf(parsed);
  const ok = terminal.out.green(terminal.out.sign.ok);
  if (verb === 'list') {
    atMost(parsed, 1);
    const keys = await askTeam(options, 'keys', {});
    return {
      exitCode: 0,
      data: keys,
      show: () => {
        const rows = keys.map((one) => [
          one.key,
          one.user,
          one.label,
          one.scopes?.join(', ') ?? '',
          one.revoked !== undefined ? 'revoked' : one.until === undefined ? '' : `until ${one.until.slice(0, 10)}`,
        ]);
        for (const line of columns(rows)) terminal.print(line);
      },
    };
  }
  if (verb === 'add') {
    atMost(parsed, 2);
    const [user, forMs, scopes] = [parsed.value('user'), duration(parsed), parsed.values('scope')];
    const { secret, ...key } = await askTeam(options, 'addKey', {
      label: needed(parsed, 1, 'a label'),
      ...(user === undefined ? {} : { user }),
      ...(scopes.length === 0 ? {} : { scopes: [...scopes] }),
      ...(forMs === undefined ? {} : { forMs }),
    });
    const out = handOut(secret, parsed);
    return {
      exitCode: 0,
      data: out.file === undefined ? { ...key, secret } : { ...key, keyFile: out.file },
      show: () => {
        terminal.note(`${ok} ${key.key} for ${key.user}.`);
        out.show(terminal);
      },
    };
  }
  if (verb === 'revoke') {
    atMost(parsed, 2);
    const key = needed(parsed, 1, 'the name of a key');
    const data = await askTeam(options, 'revokeKey', { key });
    return { exitCode: 0, data, show: () => terminal.print(`${ok} ${key} is good for nothing any more.`) };
  }
  throw new Failure('usage.invalid-value', `keys takes list, add or revoke, not "${verb}"`, { fix: ['lockstep keys --help'] });
}

/** `lockstep audit` */
export async function runAudit({ parsed, terminal }: Screen): Promise<Answer> {
  atMost(parsed, 0);
  const options = commonOptions(parsed);
  if (parsed.has('verify')) {
    const found = await askTeam(options, 'verifyAudit', {});
    return {
      exitCode: found.broken === undefined ? 0 : 1,
      data: found,
      show: () => {
        const { out } = terminal;
        if (found.broken !== undefined) terminal.print(`${out.red(out.sign.fail)} ${found.broken.why}.`);
        else terminal.print(`${out.green(out.sign.ok)} ${found.events} events, unbroken. The newest is ${found.head ?? 'none'}`);
      },
    };
  }
  const wanted = parsed.value('class') as 'state' | undefined;
  const file = parsed.value('export');
  const lines: string[] = [];
  const shown: (readonly string[])[] = [];
  const all: unknown[] = [];
  const most = 1000;
  for (let after = 0; ; ) {
    const { events: chosen, last } = await askTeam(options, 'audit', { after, most, ...(wanted === undefined ? {} : { class: wanted }) });
    all.push(...chosen);
    for (const record of chosen) {
      if (file !== undefined) lines.push(JSON.stringify(record));
      const { kind, ...rest } = record.event;
      shown.push([String(record.seq), record.at.slice(0, 19).replace('T', ' '), record.actor, kind, JSON.stringify(rest)]);
    }
    if (last < after + most) break;
    after = last;
  }
  if (file !== undefined) writeFileSync(resolve(folderOf(parsed), file), lines.map((line) => `${line}\n`).join(''));
  return {
    exitCode: 0,
    data: file === undefined ? all : { file, events: all.length },
    show: () => {
      if (file !== undefined) terminal.print(`${terminal.out.green('+')} ${file}   ${all.length} events`);
      else for (const line of columns(shown)) terminal.print(line);
    },
  };
}
