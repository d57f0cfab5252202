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

function rowOf(line: string): readonly (string | null)[] {
  const fields = line.split('\t');
  return line.includes('\\') ? fields.map(fieldText) : fields;
}

const meant: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f', v: '\v' };

function fieldText(field: string): string | null {
  if (field === '\\N') return null;
  return field.includes('\\') ? field.replace(/\\([\s\S])/g, (_, one: string) => meant[one] ?? one) : field;
}
