import { canonicalJson, type Digest } from '../../base/index.ts';
import type { Recorded } from './event.ts';

/** What the first event is chained to. */
const beginning = '0'.repeat(64);

/** The hash of an event: over the hash of the one before it and all that it says, so that none can be changed, left out or moved. */
export function chained(previous: string | undefined, { seq, at, actor, event }: Omit<Recorded, 'hash'>, digest: Digest): string {
  return digest(`${previous ?? beginning}\n${canonicalJson({ seq, at, actor, event })}`);
}

/** The first event at which a list is not what was written; nothing where all is well. The list begins behind `previous`. */
export function brokenAt(
  records: readonly Recorded[],
  digest: Digest,
  previous?: Pick<Recorded, 'seq' | 'hash'>,
): { readonly seq: number; readonly why: string } | undefined {
  let before = previous;
  for (const record of records) {
    const due = (before?.seq ?? 0) + 1;
    if (record.seq !== due) return { seq: due, why: `event ${due} is missing` };
    if (chained(before?.hash, record, digest) !== record.hash) return { seq: due, why: `event ${due} or one before it was changed` };
    before = record;
  }
  return undefined;
}
