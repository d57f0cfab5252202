import { agreed, type Decision, present, refused } from './decision.ts';
import type { Review, TeamState } from './state.ts';

/** Which migration is meant. */
export interface ReviewOf {
  readonly module: string;
  readonly migration: string;
}

/** Under what the reviews of a migration are kept. */
export function reviewKey({ module, migration }: ReviewOf): string {
  return `${module}/${migration}`;
}

/** Says something about a migration. */
export function commentOn(
  state: TeamState,
  { module, migration, by, text }: ReviewOf & { readonly by: string; readonly text: string },
): Decision<Review> {
  const last = state.reviews.get(reviewKey({ module, migration }))?.comments.at(-1);
  const answer = (after: TeamState): Review => present(after.reviews.get(reviewKey({ module, migration })));
  // Asked again because no answer was heard.
  if (last?.by === by && last.text === text) return agreed(answer);
  return agreed(answer, { kind: 'review.commented', module, migration, by, text });
}

/** Approves a migration as it is, or asks for changes. What counts is the newest of each person, for this text alone. Nobody approves their own. */
export function judgeMigration(
  state: TeamState,
  {
    module,
    migration,
    checksum,
    by,
    verdict,
  }: ReviewOf & { readonly checksum: string; readonly by: string; readonly verdict: 'approved' | 'changes' },
): Decision<Review> {
  const own = state.announcements.find((one) => one.module === module && one.migration === migration && one.state !== 'withdrawn');
  if (own?.by === by && verdict === 'approved') {
    return refused('review.own', `${migration} was checked in by ${by}, who cannot approve it`, { state: 'nothing was changed' });
  }
  return agreed((after) => present(after.reviews.get(reviewKey({ module, migration }))), {
    kind: 'review.given',
    module,
    migration,
    checksum,
    by,
    verdict,
  });
}

/** Who approves a text as it is now: approvals of another text do not count any more, and whoever wants changes does not approve. */
export function approvers(review: Review | undefined, checksum: string): readonly string[] {
  return (review?.verdicts ?? []).filter((one) => one.verdict === 'approved' && one.checksum === checksum).map(({ by }) => by);
}
