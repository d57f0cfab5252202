import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { count, Failure } from '../../base/index.ts';
import { openSql, type SqlConnection, type SqlResult } from '../../commands/index.ts';
import type { Answer, Screen } from '../answer.ts';
import { atMost, commonOptions, folderOf, textOfFile } from '../options.ts';
import { showFailure } from '../show/failure.ts';
import type { Terminal } from '../terminal.ts';

/** `lockstep sql [STATEMENT]` */
export async function runSql({ parsed, terminal, ask, emit }: Screen): Promise<Answer> {
  atMost(parsed, 1);
  const file = parsed.value('file');
  const [statement] = parsed.arguments;
  if (statement !== undefined && file !== undefined) throw new Failure('usage.invalid-value', 'a statement and --file exclude each other');
  const script = statement ?? (file === undefined ? undefined : textOfFile('file', file, folderOf(parsed)));
  const { waitMs: _, ...options } = commonOptions(parsed);
  const sql = await openSql({ ...options, emit, ...(ask === undefined ? {} : { ask }) });
  const inJson = parsed.value('json') !== undefined;
  try {
    if (script === undefined && process.stdin.isTTY === true && !inJson) {
      await converse(sql, terminal, folderOf(parsed));
      return { exitCode: 0, data: null, show: () => undefined };
    }
    const results = await sql.run(
      script ?? readFileSync(0, 'utf8'),
      inJson ? undefined : (result) => showResult(result, terminal),
      file === undefined || file === '-' ? 'sql' : file,
    );
    if (sql.isOpen()) terminal.note('A transaction was begun and not committed: it is rolled back.');
    return { exitCode: 0, data: results.map(plain), show: () => undefined };
  } finally {
    await sql.close();
  }
}

/** Reads statements until the input ends. What fails is told, and the next may be tried; Ctrl-C forgets what was typed. */
async function converse(sql: SqlConnection, terminal: Terminal, folder: string): Promise<void> {
  terminal.note(`${sql.title} (${sql.server}). A statement ends with a semicolon; \\q ends.`);
  const lines = createInterface({ input: process.stdin, output: process.stderr, historySize: 1000 });
  let typed = '';
  const prompt = (): void => {
    lines.setPrompt(typed === '' ? 'sql> ' : '  -> ');
    lines.prompt();
  };
  lines.on('SIGINT', () => {
    typed = '';
    process.stderr.write('\n');
    prompt();
  });
  prompt();
  for await (const line of lines) {
    if (typed === '' && /^\s*(?:\\q|exit|quit)\s*;?\s*$/i.test(line)) break;
    typed += `${line}\n`;
    if (typed.trim() === '') typed = '';
    if (sql.isWhole(typed)) {
      const script = typed;
      typed = '';
      await sql
        .run(script, (result) => showResult(result, terminal))
        .catch((error: unknown) => {
          if (!(error instanceof Failure)) throw error;
          for (const shown of showFailure(error, terminal.err, { folder })) terminal.note(shown);
        });
    }
    prompt();
  }
  lines.close();
  if (sql.isOpen()) terminal.note('A transaction was begun and not committed: it is rolled back.');
}

const widest = 60;

function showResult({ rows, affected, isStructure }: SqlResult, terminal: Terminal): void {
  const { out } = terminal;
  const [first] = rows;
  if (first === undefined) {
    const what = isStructure ? 'done' : affected === undefined ? 'done, no rows' : count(affected, 'row');
    terminal.print(`${out.green(out.sign.ok)} ${what}`);
    return;
  }
  const names = Object.keys(first);
  const cells = [names, ...rows.map((row) => names.map((name) => shown(row[name])))];
  const widths = names.map((_, column) => Math.max(...cells.map((row) => (row[column] ?? '').length)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  for (const [i, row] of cells.entries()) terminal.print(i === 0 ? out.bold(line(row)) : line(row));
  terminal.print(out.dim(count(rows.length, 'row')));
}

/** A value in a cell: on one line, and not wider than a screen can bear. */
function shown(value: unknown): string {
  if (value === null || value === undefined) return 'NULL';
  const text = textOf(value).replaceAll(/\p{Cc}/gu, (one) => (one === '\n' ? '\\n' : one === '\t' ? '\\t' : '\ufffd'));
  return text.length > widest ? `${text.slice(0, widest - 1)}…` : text;
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value instanceof Uint8Array) return `\\x${Buffer.from(value).toString('hex')}`;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'invalid date' : value.toISOString();
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** A result as JSON can hold it. */
function plain({ rows, ...result }: SqlResult): unknown {
  const value = (one: unknown): unknown =>
    one === null || typeof one === 'number' || typeof one === 'boolean' || typeof one === 'string' ? one : textOf(one);
  return { ...result, rows: rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, one]) => [name, value(one)]))) };
}
