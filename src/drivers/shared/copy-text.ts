import type { BulkPiece } from '../../contracts/index.ts';

/**
 * Reads what COPY … TO STDOUT sends (https://www.postgresql.org/docs/current/sql-copy.html#SQL-COPY-FILE-FORMATS), piece by piece, as
 * lists of rows; what a piece cuts off is kept for the next.
 */
export async function* rowsOfCopy(pieces: AsyncIterable<Uint8Array>): AsyncIterable<readonly (readonly (string | null)[])[]> {
  let rest: Uint8Array[] = [];
  for await (const piece of pieces) {
    const end = piece.lastIndexOf(lineEnd);
    if (end < 0) {
      rest.push(piece);
      continue;
    }
    const text = Buffer.concat([...rest, piece.subarray(0, end)]).toString('utf8');
    rest = end + 1 < piece.length ? [piece.subarray(end + 1)] : [];
    yield text.split('\n').map(rowOf);
  }
}

const lineEnd = 0x0a;
/** As many bytes make a piece. */
const pieceSize = 1 << 21;

/** Puts what COPY … TO STDOUT sends together to pieces of whole rows, without reading them: a row ends with a line, whatever it holds. */
export async function* piecesOfCopy(sent: AsyncIterable<Uint8Array>): AsyncIterable<BulkPiece> {
  let waiting: Uint8Array[] = [];
  let size = 0;
  for await (const part of sent) {
    waiting.push(part);
    size += part.length;
    const end = size < pieceSize ? -1 : part.lastIndexOf(lineEnd);
    if (end < 0) continue;
    const behind = part.subarray(end + 1);
    waiting.pop();
    yield pieceOf(Buffer.concat([...waiting, part.subarray(0, end + 1)]));
    waiting = behind.length === 0 ? [] : [behind];
    size = behind.length;
  }
  if (size > 0) yield pieceOf(Buffer.concat(waiting));
}

function pieceOf(data: Buffer): BulkPiece {
  let count = 0;
  for (let at = data.indexOf(lineEnd); at >= 0; at = data.indexOf(lineEnd, at + 1)) count++;
  const rowsFrom = (begin: number): readonly (readonly (string | null)[])[] =>
    data
      .toString('utf8', begin, data.length - 1)
      .split('\n')
      .map(rowOf);
  return {
    data,
    count,
    rows: () => rowsFrom(0),
    last: () => rowsFrom(data.lastIndexOf(lineEnd, data.length - 2) + 1)[0] ?? [],
  };
}

function rowOf(line: string): readonly (string | null)[] {
  const fields = line.split('\t');
  return line.includes('\\') ? fields.map(fieldText) : fields;
}

const meant: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f', v: '\v' };

function fieldText(field: string): string | null {
  if (field === '\\N') return null;
  return field.includes('\\') ? field.replace(/\\([\s\S])/g, (_, one: string) => meant[one] ?? one) : field;
}
