import { deeper, deepest } from './document.ts';

/** Why a text is no JSON, and where. */
export interface JsonFault {
  readonly offset: number;
  readonly message: string;
}

// https://www.rfc-editor.org/rfc/rfc8259
const space = /[ \t\n\r]*/y;
const token =
  /[{}[\],:]|"[ !#-[\]-\uffff]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[ !#-[\]-\uffff]*)*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?|true|false|null/y;

type Expectation = 'value' | 'firstValue' | 'key' | 'firstKey' | 'colon' | 'afterItem' | 'afterProperty' | 'end';
type Token = '{' | '}' | '[' | ']' | ':' | ',' | 'text' | 'literal';
/** What a token leads to: another expectation, a collection that opens or closes, or the end of a value. */
type Step = Expectation | 'open' | 'close' | 'done';

const value: Readonly<Partial<Record<Token, Step>>> = { '{': 'open', '[': 'open', text: 'done', literal: 'done' };
const steps: Readonly<Record<Expectation, Readonly<Partial<Record<Token, Step>>>>> = {
  value,
  firstValue: { ...value, ']': 'close' },
  key: { text: 'colon' },
  firstKey: { text: 'colon', '}': 'close' },
  colon: { ':': 'value' },
  afterItem: { ',': 'value', ']': 'close' },
  afterProperty: { ',': 'key', '}': 'close' },
  end: {},
};
const expectations: Readonly<Record<Expectation, string>> = {
  value: 'a value is expected',
  firstValue: 'a value or "]" is expected',
  key: 'a key in double quotes is expected',
  firstKey: 'a key in double quotes or "}" is expected',
  colon: '":" is expected',
  afterItem: '"," or "]" is expected',
  afterProperty: '"," or "}" is expected',
  end: 'nothing more is expected',
};

/**
 * The first place at which a text is no JSON in the strict sense: comments, single quotes, unquoted words, commas too many and all
 * else that YAML would let pass. Nothing for a text that `JSON.parse` accepts.
 */
export function jsonFault(text: string): JsonFault | undefined {
  const open: Token[] = [];
  let expect: Expectation = 'value';
  let offset = skip(text, 0);
  while (offset < text.length) {
    token.lastIndex = offset;
    const found = token.exec(text)?.[0] ?? '';
    const kind = kindOf(found);
    const step: Step | undefined = found === '' ? undefined : steps[expect][kind];
    if (step === undefined) return { offset, message: faultAt(text, offset, expect) };
    expect = follow(step, kind, open);
    // What would be refused for its depth need not be understood first.
    if (open.length > deepest) return { offset, message: deeper };
    offset = skip(text, offset + found.length);
  }
  return expect === 'end' ? undefined : { offset, message: `the text ends too early; ${expectations[expect]}` };
}

/** The tokens of a text without faults, with their offsets. */
export function* jsonTokens(text: string): Generator<{ readonly token: string; readonly at: number }> {
  for (let at = skip(text, 0); at < text.length; ) {
    token.lastIndex = at;
    const found = token.exec(text)?.[0] ?? '';
    if (found === '') return;
    yield { token: found, at };
    at = skip(text, at + found.length);
  }
}

function kindOf(found: string): Token {
  const first = found[0] ?? '';
  return first === '"' ? 'text' : '{}[]:,'.includes(first) ? (first as Token) : 'literal';
}

function follow(step: Step, kind: Token, open: Token[]): Expectation {
  if (step === 'open') {
    open.push(kind);
    return kind === '{' ? 'firstKey' : 'firstValue';
  }
  if (step === 'close') open.pop();
  else if (step !== 'done') return step;
  const around = open.at(-1);
  return around === undefined ? 'end' : around === '{' ? 'afterProperty' : 'afterItem';
}

function skip(text: string, offset: number): number {
  space.lastIndex = offset;
  return offset + (space.exec(text)?.[0].length ?? 0);
}

function faultAt(text: string, offset: number, expect: Expectation): string {
  const character = text[offset];
  if (character === '#' || text.startsWith('//', offset) || text.startsWith('/*', offset)) return 'JSON has no comments';
  if (character === "'") return 'JSON texts stand in double quotes';
  return expectations[expect];
}
