import type { BlockFollower } from './blocks.ts';
import { type Cursor, type ScanRules, scan } from './scan.ts';

/** What of an engine's scripts the splitter must know beside its quotes and comments. */
export interface SplitRules extends ScanRules {
  /** First words, in capitals, of the statements that may hold others; of all others the splitter reads one word only. */
  readonly holders: ReadonlySet<string>;
  /** The beginning, in capitals and set apart by blanks, of a statement that may hold others. */
  readonly compound: RegExp;
  /** Follows the blocks of such a statement. */
  blocks(): BlockFollower;
  /** The client's own command to change what ends a statement. */
  readonly delimiterCommand: boolean;
  /** Rows for `COPY … FROM stdin` follow the statement, up to a line `\.`. */
  readonly copyData: boolean;
  /** Commands of a terminal client: given the text of a line that begins a statement, its name; nothing when it is SQL. */
  metaCommand(line: string): { readonly name: string; readonly harmless: boolean } | undefined;
}

export interface SplitStatement {
  readonly sql: string;
  readonly offset: number;
  readonly copyData?: string;
}

export interface SplitFault {
  readonly code: 'migration.invalid' | 'migration.meta-command';
  readonly message: string;
  readonly offset: number;
}

export interface Split {
  readonly statements: readonly SplitStatement[];
  readonly problems: readonly SplitFault[];
}

/** How many words at most tell what a statement creates. */
const headWords = 12;
const [semicolon, opening, closing, backslash, dot] = [59, 40, 41, 92, 46];

interface Splitting {
  readonly text: string;
  readonly rules: SplitRules;
  readonly cursor: Cursor;
  readonly statements: SplitStatement[];
  readonly problems: SplitFault[];
  readonly blocks: BlockFollower;
  delimiter: string;
  /** Where the present statement began, or -1 between two. */
  start: number;
  /** Its first words, how many there are, and how many are worth reading. */
  head: string;
  words: number;
  wanted: number;
  compound: boolean;
  parens: number;
}

/** Cuts a script into its statements. What cannot be cut safely is a problem; the statements are then not to be run. */
export function splitScript(text: string, rules: SplitRules): Split {
  const state: Splitting = {
    text,
    rules,
    cursor: scan(text, rules),
    statements: [],
    problems: [],
    blocks: rules.blocks(),
    delimiter: ';',
    start: -1,
    head: '',
    words: 0,
    wanted: headWords,
    compound: false,
    parens: 0,
  };
  const { cursor, statements, problems } = state;
  while (cursor.next()) {
    if (cursor.kind === 'comment') continue;
    if (cursor.kind === 'unfinished') {
      problems.push(unfinished(text, cursor.start));
      return { statements, problems };
    }
    token(state);
  }
  if (state.start < 0) return { statements, problems };
  if (state.compound && state.blocks.depth > 0) {
    problems.push({ code: 'migration.invalid', message: 'this statement has no END', offset: state.start });
  } else finish(state, text.length);
  return { statements, problems };
}

function token(state: Splitting): void {
  const { cursor, delimiter } = state;
  if (state.start < 0) {
    const next = betweenStatements(state);
    if (next !== undefined) {
      cursor.moveTo(next);
      return;
    }
    state.start = cursor.start;
  }
  if (delimiter !== ';') {
    const at = ownDelimiter(state);
    if (at === undefined) return;
    finish(state, at);
    cursor.moveTo(at + delimiter.length);
  } else if (cursor.kind === 'symbol') symbol(state);
  else if (cursor.kind === 'word') word(state);
  else if (state.compound && cursor.kind !== 'number') state.blocks.quoted();
}

function symbol(state: Splitting): void {
  const { text, cursor, blocks } = state;
  const unit = text.charCodeAt(cursor.start);
  if (state.compound) blocks.symbol(unit);
  if (unit === semicolon) endOfStatement(state);
  else if (unit === opening) state.parens++;
  else if (unit === closing) state.parens = Math.max(0, state.parens - 1);
  else if (unit === backslash && isMeta(state)) state.problems.push(metaInside(text, cursor.start));
}

function word(state: Splitting): void {
  const { text, cursor, blocks } = state;
  if (state.words >= state.wanted && !state.compound) return;
  const upper = text.slice(cursor.start, cursor.end).toUpperCase();
  if (state.words < state.wanted) readHead(state, upper);
  if (!state.compound) return;
  // A name after a dot is no keyword: NEW.end
  if (text.charCodeAt(cursor.start - 1) !== dot) blocks.word(upper);
}

function readHead(state: Splitting, upper: string): void {
  const { rules, blocks } = state;
  state.head += state.words === 0 ? upper : ` ${upper}`;
  if (state.words++ === 0) state.wanted = rules.holders.has(upper) ? headWords : 1;
  if (state.compound || state.wanted === 1) return;
  state.compound = rules.compound.test(state.head);
  if (state.compound) for (const earlier of state.head.split(' ').slice(0, -1)) blocks.word(earlier);
}

function endOfStatement(state: Splitting): void {
  const { cursor, rules, start, head } = state;
  if (state.compound && state.blocks.depth > 0) return;
  if (state.parens > 0 && /^CREATE( OR REPLACE)? RULE\b/.test(head)) return;
  finish(state, cursor.start);
  if (rules.copyData && head === 'COPY') copyRows(state, start);
}

function finish(state: Splitting, end: number): void {
  const { text, start, blocks } = state;
  if (start >= 0) state.statements.push({ sql: text.slice(start, end).trimEnd(), offset: start });
  state.start = -1;
  state.head = '';
  state.words = 0;
  state.wanted = headWords;
  state.compound = false;
  state.parens = 0;
  blocks.reset();
}

/** `COPY t FROM stdin;` takes the lines behind it up to `\.`. */
function copyRows({ text, cursor, statements, problems }: Splitting, at: number): void {
  const statement = statements.at(-1);
  if (statement === undefined || statement.offset !== at || !/\bfrom\s+stdin\b/i.test(statement.sql)) return;
  const newline = text.indexOf('\n', cursor.end);
  const from = newline < 0 ? text.length : newline + 1;
  const end = /^\\\.\r?$/m.exec(text.slice(from));
  if (end === null) {
    problems.push({ code: 'migration.invalid', message: 'the rows of this COPY have no end (a line \\.)', offset: at });
    return;
  }
  statements[statements.length - 1] = { ...statement, copyData: text.slice(from, from + end.index) };
  const after = text.indexOf('\n', from + end.index);
  cursor.moveTo(after < 0 ? text.length : after + 1);
}

/** Client commands and stray delimiters between statements: where to go on, or nothing when a statement begins here. */
function betweenStatements(state: Splitting): number | undefined {
  const { text, rules, delimiter, problems } = state;
  const offset = state.cursor.start;
  if (text.startsWith(delimiter, offset)) return offset + delimiter.length;
  const newline = text.indexOf('\n', offset);
  const end = newline < 0 ? text.length : newline;
  if (rules.delimiterCommand && /^delimiter\s/i.test(text.slice(offset, offset + 10))) {
    const line = text.slice(offset, end).trim();
    state.delimiter = line.slice(9).trim().split(/\s+/)[0] ?? ';';
    return end;
  }
  const command = rules.metaCommand(text.slice(offset, Math.min(end, offset + 200)).trimEnd());
  if (command === undefined) return undefined;
  if (!command.harmless) {
    problems.push({ code: 'migration.meta-command', message: `${command.name} is a command of a terminal client, no SQL`, offset });
  }
  return end;
}

/** A backslash outside quotes: any in psql, \\g and \\G in the mysql client (\\N is a NULL). */
function isMeta({ text, cursor, rules }: Splitting): boolean {
  return rules.copyData || (rules.delimiterCommand && /^\\[gG]\b/.test(text.slice(cursor.start, cursor.start + 3)));
}

function metaInside(text: string, offset: number): SplitFault {
  const name = /^\\\S*/.exec(text.slice(offset, offset + 40))?.[0] ?? '\\';
  return { code: 'migration.meta-command', message: `${name} is a command of a terminal client, no SQL`, offset };
}

/** Where a delimiter of the script's own begins inside or at the present token. Strings, names and comments cannot hold one. */
function ownDelimiter({ text, cursor, delimiter }: Splitting): number | undefined {
  const { kind, start, end } = cursor;
  if (kind === 'string' || kind === 'name' || kind === 'hint') return undefined;
  const at = text.indexOf(delimiter, start);
  return at >= start && at < end ? at : undefined;
}

function unfinished(text: string, offset: number): SplitFault {
  const opening = text.startsWith('/*', offset)
    ? '/*'
    : (/^[$\w&]*['"`$[]/.exec(text.slice(offset, offset + 70))?.[0] ?? text[offset] ?? '');
  return { code: 'migration.invalid', message: `${opening} is opened here and never closed`, offset };
}

/**
 * The significant tokens of a statement in one text: comments and white space are gone, words pass through `fold`. Equal for
 * statements that differ only in how they are written.
 */
export function significantTokens(sql: string, rules: ScanRules, fold: (word: string) => string): string {
  const text = sql.replaceAll('\r\n', '\n');
  const cursor = scan(text, rules);
  const tokens: string[] = [];
  while (cursor.next()) {
    if (cursor.kind === 'comment') continue;
    const token = text.slice(cursor.start, cursor.end);
    tokens.push(cursor.kind === 'word' ? fold(token) : token);
  }
  return tokens.join('\u001f');
}
