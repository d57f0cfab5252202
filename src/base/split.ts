import { followBlocks } from './blocks.ts';
import { type ScanRules, scan } from './scan.ts';

/** What of an engine's scripts the splitter must know beside its quotes and comments. */
export interface SplitRules extends ScanRules {
  /** The first words of a statement, in capitals and set apart by blanks, that may hold statements of its own. */
  readonly compound: RegExp;
  /** The word that opens the body of such a statement: `BEGIN`, or `ATOMIC` (after BEGIN) where BEGIN alone means something else. */
  readonly opener: 'BEGIN' | 'ATOMIC';
  /** Words after END that close something which is not counted (`END IF`). */
  readonly uncounted: ReadonlySet<string>;
  /**
   * Words such as IF and LOOP that open a block where a statement begins. With them bodies are followed without BEGIN too, and
   * `opener` and `uncounted` are not needed.
   */
  readonly blocks?: ReadonlySet<string>;
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

const headWords = 12;

/** Cuts a script into its statements. What cannot be cut safely is a problem; the statements are then not to be run. */
export function splitScript(text: string, rules: SplitRules): Split {
  const statements: SplitStatement[] = [];
  const problems: SplitFault[] = [];
  const cursor = scan(text, rules);
  let delimiter = ';';
  let start = -1;
  let head = '';
  let words = 0;
  let wanted = headWords;
  let compound: boolean | undefined;
  let depth = 0;
  let parens = 0;
  let previous = '';
  const blocks = rules.blocks === undefined ? undefined : followBlocks(rules.blocks);

  const reset = (): void => {
    start = -1;
    head = '';
    words = 0;
    wanted = headWords;
    compound = undefined;
    depth = 0;
    parens = 0;
    previous = '';
    blocks?.reset();
  };
  const finish = (end: number): void => {
    if (start >= 0) statements.push({ sql: text.slice(start, end).trimEnd(), offset: start });
    reset();
  };

  while (cursor.next()) {
    const { kind } = cursor;
    if (kind === 'comment') continue;
    if (kind === 'unfinished') {
      problems.push(unfinished(text, cursor.start));
      start = -1;
      break;
    }
    if (start < 0) {
      const handled = atStart(cursor.start);
      if (handled !== undefined) {
        cursor.moveTo(handled);
        continue;
      }
      start = cursor.start;
    }
    if (delimiter !== ';') {
      const at = ownDelimiter(cursor.start, cursor.end, kind);
      if (at !== undefined) {
        finish(at);
        cursor.moveTo(at + delimiter.length);
      }
      continue;
    }
    if (kind === 'symbol') {
      const unit = text.charCodeAt(cursor.start);
      if (unit === 59) semicolon();
      else if (unit === 40) parens++;
      else if (unit === 41) parens = Math.max(0, parens - 1);
      else if (unit === 92 && isMeta(cursor.start)) problems.push(metaInside(cursor.start));
      if (compound) blocks?.symbol(unit);
      previous = '';
    } else if (kind === 'word') word();
    else {
      if (compound && kind !== 'number') blocks?.quoted();
      previous = '';
    }
    if (compound && blocks !== undefined) depth = blocks.depth;
  }
  if (start >= 0) {
    if (compound && depth > 0) problems.push({ code: 'migration.invalid', message: 'this statement has no END', offset: start });
    else finish(text.length);
  }
  return { statements, problems };

  function word(): void {
    if (words >= wanted && !compound) return;
    const upper = text.slice(cursor.start, cursor.end).toUpperCase();
    if (words < wanted) {
      head += words === 0 ? upper : ` ${upper}`;
      // Only what creates something, or opens a block, can hold statements; of all others the first word is enough.
      if (words++ === 0) wanted = upper === 'CREATE' || upper === 'BEGIN' || rules.blocks?.has(upper) ? headWords : 1;
      if (!compound && wanted > 1) {
        compound = rules.compound.test(head);
        if (compound) for (const earlier of head.split(' ').slice(0, -1)) blocks?.word(earlier);
      }
    }
    // A name after a dot is no keyword: NEW.end
    const plain = text.charCodeAt(cursor.start - 1) !== 46;
    if (compound && plain && blocks !== undefined) blocks.word(upper);
    else if (compound && plain) {
      if (upper === 'END') depth = Math.max(0, depth - 1);
      else if (previous === 'END' && rules.uncounted.has(upper)) depth++;
      else if (upper === rules.opener && (upper === 'BEGIN' || previous === 'BEGIN')) depth++;
      else if (upper === 'CASE' && depth > 0 && previous !== 'END') depth++;
    }
    previous = upper;
  }

  function semicolon(): void {
    if (compound && depth > 0) return;
    if (parens > 0 && /^CREATE( OR REPLACE)? RULE\b/.test(head)) return;
    const at = start;
    const statementHead = head;
    finish(cursor.start);
    if (rules.copyData && statementHead === 'COPY') copyRows(at);
  }

  /** `COPY t FROM stdin;` takes the lines behind it up to `\.`. */
  function copyRows(at: number): void {
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
  function atStart(offset: number): number | undefined {
    if (text.startsWith(delimiter, offset)) return offset + delimiter.length;
    const newline = text.indexOf('\n', offset);
    const end = newline < 0 ? text.length : newline;
    if (rules.delimiterCommand && /^delimiter\s/i.test(text.slice(offset, offset + 10))) {
      const line = text.slice(offset, end).trim();
      delimiter = line.slice(9).trim().split(/\s+/)[0] ?? ';';
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
  function isMeta(offset: number): boolean {
    return rules.copyData || (rules.delimiterCommand && /^\\[gG]\b/.test(text.slice(offset, offset + 3)));
  }

  function metaInside(offset: number): SplitFault {
    const name = /^\\\S*/.exec(text.slice(offset, offset + 40))?.[0] ?? '\\';
    return { code: 'migration.meta-command', message: `${name} is a command of a terminal client, no SQL`, offset };
  }

  /** Where a delimiter of the script's own begins inside or at this token. Strings, names and comments cannot hold one. */
  function ownDelimiter(from: number, to: number, kind: string): number | undefined {
    if (kind === 'string' || kind === 'name' || kind === 'hint') return undefined;
    const at = text.indexOf(delimiter, from);
    return at >= from && at < to ? at : undefined;
  }
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
  const cursor = scan(sql, rules);
  const tokens: string[] = [];
  while (cursor.next()) {
    if (cursor.kind === 'comment') continue;
    const token = sql.slice(cursor.start, cursor.end);
    tokens.push(cursor.kind === 'word' ? fold(token) : token.replaceAll('\r\n', '\n'));
  }
  return tokens.join('\u001f');
}
