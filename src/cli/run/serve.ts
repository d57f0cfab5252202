import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { Failure } from '../../base/index.ts';
import { openHost } from '../../commands/index.ts';
import { listen } from '../../server/index.ts';
import type { Answer, Screen } from '../answer.ts';
import { atMost, commonOptions, folderOf } from '../options.ts';

const usualPort = 7420;

/** `lockstep serve` */
export async function runServe({ parsed, terminal, stop, cancel, version }: Screen): Promise<Answer> {
  atMost(parsed, 0);
  const port = portOf(parsed.value('port'));
  const [state, address, cert, key, keyFile] = ['state', 'host', 'tls-cert', 'tls-key', 'admin-key-file'].map((flag) => parsed.value(flag));
  if ((cert === undefined) !== (key === undefined)) {
    throw new Failure('usage.invalid-value', '--tls-cert and --tls-key go together', { state: 'nothing was started' });
  }
  const place = (file: string): string => resolve(folderOf(parsed), file);
  const commands = { ...commonOptions(parsed), stop, cancel };
  const host = await openHost({
    ...commands,
    ...(state === undefined ? {} : { state }),
    ...(keyFile === undefined ? {} : { adminKeyFile: place(keyFile) }),
  });
  try {
    await host.recover();
    const listening = await listen({
      host,
      commands,
      version,
      port,
      ...(address === undefined ? {} : { address }),
      ...(cert === undefined || key === undefined ? {} : { tls: { cert: place(cert), key: place(key) } }),
      behindProxy: parsed.has('behind-proxy'),
      names: parsed.values('name'),
      keysOnly: keyFile !== undefined,
      queryUpdate: parsed.has('query-update'),
      log: (line) => {
        if (parsed.has('access-log') || line.includes(' unexpected: ')) terminal.note(line);
      },
    });
    const hasUsers = await host.hasUsers();
    terminal.note(`Lockstep listens at ${listening.url}${address === undefined ? ' (this machine only)' : ''}`);
    terminal.note('  Open that address in a browser, or start with --open.');
    terminal.note(
      host.database === undefined ? '  It has no database of its own.' : `  Database: ${host.database.name}   ${host.database.shown}`,
    );
    if (!hasUsers && keyFile === undefined) {
      terminal.note('  No user yet: whoever works at this machine may do everything.');
      terminal.note(
        `  First admin, once, within 15 minutes:  POST ${listening.url}/api/v1/setup   {"user": "NAME", "token": "${await host.offer()}"}`,
      );
    }
    terminal.note(
      `  Deploy:  curl --fail -X POST ${listening.url}/api/v1/update${hasUsers || keyFile !== undefined ? ' -H "Authorization: Bearer $KEY"' : ''}`,
    );
    if (parsed.has('open')) showIn(listening.url);
    await new Promise<void>((resolveStop) => {
      if (stop.aborted) resolveStop();
      stop.addEventListener('abort', () => resolveStop(), { once: true });
    });
    await listening.stop();
    return { exitCode: 0, data: { stopped: true }, show: () => terminal.note('Stopped.') };
  } finally {
    await host.close();
  }
}

/** Opens an address in the browser of whoever sits here. Where there is none, the address was printed. */
function showIn(url: string): void {
  const [command, ...args] = { darwin: ['open', url], win32: ['cmd', '/c', 'start', '', url] }[process.platform as string] ?? [
    'xdg-open',
    url,
  ];
  const child = spawn(command ?? 'xdg-open', args, { detached: true, stdio: 'ignore' });
  child.on('error', () => undefined);
  child.unref();
}

function portOf(text: string | undefined): number {
  if (text === undefined) return usualPort;
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  throw new Failure('usage.invalid-value', `--port takes a number up to 65535, not "${text}"`);
}
