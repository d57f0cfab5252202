// Keeps the servers of one run and its folder. It has a session of its own, so that Ctrl-C does not reach it, and its standard
// input is a pipe from the run: when that ends, for whatever reason, the servers are stopped and the folder is removed.
// Each line of the input starts one server: {"name", "command", "args", "cwd", "log", "stop", "uid", "gid"}.
// A line {"kill"} ends the server of that name with SIGKILL.
// Each line of the output tells that one has ended: {"name", "code"}.
import { spawn } from 'node:child_process';
import { openSync, rmSync } from 'node:fs';
import { createInterface } from 'node:readline';

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('the folder to keep is missing');
const grace = 5000;
/** @type {Set<{ name: string, stop: NodeJS.Signals, process: import('node:child_process').ChildProcess }>} */
const kept = new Set();
let ending = false;

createInterface({ input: process.stdin })
  .on('line', (line) => {
    const asked = JSON.parse(line);
    if (asked.kill === undefined) start(asked);
    else for (const { name, process: server } of kept) if (name === asked.kill) server.kill('SIGKILL');
  })
  .on('close', end);
for (const signal of ['SIGINT', 'SIGHUP', 'SIGTERM']) process.on(signal, end);
process.stdout.on('error', () => undefined);

/** @param {{ name: string, command: string, args: string[], cwd: string, log: string, stop: NodeJS.Signals, uid?: number, gid?: number }} server */
function start({ name, command, args, cwd, log, stop, uid, gid }) {
  const output = openSync(log, 'a');
  const child = spawn(command, args, {
    cwd,
    stdio: ['ignore', output, output],
    ...(uid === undefined || gid === undefined ? {} : { uid, gid }),
  });
  const entry = { name, stop, process: child };
  kept.add(entry);
  /** @param {unknown} code */
  const ended = (code) => {
    kept.delete(entry);
    process.stdout.write(`${JSON.stringify({ name, code })}\n`);
    if (ending && kept.size === 0) finish();
  };
  child.on('exit', (code, signal) => ended(signal ?? code));
  child.on('error', (error) => ended(error.message));
}

function end() {
  if (ending) return;
  ending = true;
  for (const { stop, process: server } of kept) server.kill(stop);
  if (kept.size === 0) return finish();
  setTimeout(() => {
    for (const { process: server } of kept) server.kill('SIGKILL');
    finish();
  }, grace);
}

function finish() {
  rmSync(/** @type {string} */ (folder), { recursive: true, force: true, maxRetries: 5 });
  process.exit(0);
}
