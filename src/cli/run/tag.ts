import { Failure } from '../../base/index.ts';
import { tag } from '../../commands/index.ts';
import type { Answer, Screen } from '../answer.ts';
import { atMost, commonOptions, needed } from '../options.ts';
import { showTags } from '../show/tag.ts';

/** `lockstep tag [NAME [REF]] [--remove]` */
export async function runTag({ parsed, terminal }: Screen): Promise<Answer> {
  const remove = parsed.has('remove');
  atMost(parsed, 2);
  const [name, at] = parsed.arguments;
  if (remove) needed(parsed, 0, 'the tag to be removed');
  if (remove && at !== undefined) {
    throw new Failure('usage.invalid-value', '--remove takes the tag alone', { state: 'nothing was written' });
  }
  const report = await tag({
    ...commonOptions(parsed),
    ...(name === undefined ? {} : { name }),
    ...(at === undefined ? {} : { at }),
    ...(remove ? { remove } : {}),
  });
  return { exitCode: 0, data: report, show: () => showTags(report, terminal) };
}
