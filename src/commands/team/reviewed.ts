import { count, Failure } from '../../base/index.ts';
import type { Step } from '../../runner/index.ts';
import { approvers } from '../../team/index.ts';
import type { Workplace } from '../open.ts';
import type { CommonOptions } from '../options.ts';
import { knownToTeam } from './known.ts';

/**
 * Refuses migrations that too few people have approved as they are, where the configuration wants approvals on protected databases. What a
 * migration does with code of its own cannot be known beforehand, and counts as destructive.
 */
export async function checkReviewed({ project }: Workplace, steps: readonly Step[], options: CommonOptions): Promise<void> {
  const { approvals = 0, destructive = approvals } = project.config.review ?? {};
  if (approvals === 0 && destructive === 0) return;
  const reviews = await knownToTeam(project, options, 'reviews', (state) => [...state.reviews.values()]);
  const lacking = steps.flatMap(({ identity: { id, module, checksum = '' }, code, groups }) => {
    const loses =
      code !== undefined || groups.some(({ statements }) => statements.some(({ risks }) => risks.some(({ kind }) => kind === 'loses')));
    const wanted = loses ? destructive : approvals;
    const given = approvers(
      reviews.find((one) => one.module === module && one.migration === id),
      checksum,
    ).length;
    return given >= wanted ? [] : [{ migration: id, wanted, given, loses }];
  });
  const [first] = lacking;
  if (first === undefined) return;
  const others = lacking.length === 1 ? '' : `, and ${count(lacking.length - 1, 'other')} too`;
  throw new Failure(
    'review.needed',
    `${first.migration} has ${count(first.given, 'approval')} of the ${first.wanted} that it needs${first.loses ? ', because it may destroy something' : ''}${others}`,
    { state: 'nothing was changed', data: { migration: first.migration, lacking } },
  );
}
