/** A position in a text that a person wrote: 1-based line and column, counted in UTF-16 units. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Offsets at which the lines of `text` begin; `\n`, `\r\n` and a lone `\r` end a line. */
export function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit === 10) starts.push(i + 1);
    else if (unit === 13 && text.charCodeAt(i + 1) !== 10) starts.push(i + 1);
  }
  return starts;
}

/** The place of `offset` in a text whose lines begin at `starts`. */
export function placeAt(file: string, starts: readonly number[], offset: number): Place {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return { file, line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
}

/** An error made here, whose stack reaches through the layers of a query builder. */
export function calledFrom(): Error {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 50;
  const error = new Error();
  Error.stackTraceLimit = stackTraceLimit;
  return error;
}

/** The error with the stack of the call that led to it, which is lost where answers come by another way. */
export function withCaller(error: unknown, called: Error): unknown {
  if (error instanceof Error) error.stack = [error.stack ?? '', ...(called.stack ?? '').split('\n').slice(1)].join('\n');
  return error;
}

/** The place that the stack of an error names; of several files the first that is named at all. */
export function placeInStack(error: unknown, ...files: readonly { readonly path: string; readonly text?: string }[]): Place | undefined {
  if (!(error instanceof Error) || error.stack === undefined) return undefined;
  for (const { path, text } of files) {
    const name = path.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    const match = new RegExp(`(?:^|[/\\\\\\s(])${name}:(\\d+):(\\d+)`, 'm').exec(error.stack);
    if (match === null) continue;
    const [line, column] = [Number(match[1]), Number(match[2])];
    // Loaders put text of their own in front of the first line.
    const length = text?.split(/\r\n|\r|\n/)[line - 1]?.length ?? 0;
    return { file: path, line, column: line === 1 && column > length ? 1 : column };
  }
  return undefined;
}

/** `file:line:column`, or `file:line` where the column says nothing. */
export function formatPlace(place: Place): string {
  return place.column > 1 ? `${place.file}:${place.line}:${place.column}` : `${place.file}:${place.line}`;
}
