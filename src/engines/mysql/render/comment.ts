import { type Render, type RenderContext, type Rendered, unsupported } from '../../../contracts/index.ts';
import { type CommentTarget, describe, keyOf, type Of, type QualifiedName } from '../../../schema/index.ts';
import { has } from '../flavours.ts';
import { definitionText, quote } from '../quote.ts';
import { locks } from '../traits.ts';
import { carriedText, columnText, commentText, constraintText, indexText } from './definition.ts';
import { alter, known, statement } from './parts.ts';

type PartTarget = Extract<CommentTarget, { readonly table: QualifiedName }>;

export const renderComment = {
  setComment: ({ on, comment }, context) => {
    const { server, before } = context;
    const text = commentText(comment ?? '', server);
    if (typeof text !== 'string') return text;
    if ('table' in on) return onPart(on, comment, context);
    if (on.kind === 'table' || (on.kind === 'sequence' && has(server, 'sequences')))
      return [statement(alter(on.name, [text.replace('COMMENT', 'COMMENT =')]), server)];
    const object = before.objects.get(keyOf(on));
    if (on.kind !== 'routine')
      return unsupported(`MySQL has no comment on a ${on.kind}`, 'a comment on a table, a column, an index or a routine');
    if (object?.kind !== 'routine') return { deferred: `how ${describe(on)} looks is not known yet` };
    return [
      statement(`ALTER ${object.routine.toUpperCase()} ${quote.name(on.name)} COMMENT ${definitionText(comment ?? '', server)}`, server),
    ];
  },
} satisfies Pick<Render, 'setComment'>;

/** A column, an index or a key must be defined anew to get a comment; rows are only read again for the latter two. */
function onPart(on: PartTarget, comment: Of<'setComment'>['comment'], context: RenderContext): Rendered {
  const { server } = context;
  const table = known(on.table, context, 'a comment stands in the definition');
  if ('deferred' in table) return table;
  const noted = <T extends { readonly comment?: string }>({ comment: _, ...item }: T): T =>
    (comment === null ? item : { ...item, comment }) as T;
  if (on.kind === 'column') {
    const column = table.columns.find((candidate) => candidate.name === on.name);
    if (column === undefined) return [];
    const text = carriedText(column, {}, server) ?? columnText(noted(column), server);
    if (typeof text !== 'string') return text;
    return [statement(alter(on.table, [`MODIFY COLUMN ${text}`]), server, { risks: [], lock: locks.instant })];
  }
  const index = table.indexes.find((candidate) => candidate.name === on.name);
  const key = table.constraints.find((candidate) => candidate.name === on.name);
  if (index === undefined && key?.kind !== 'unique') {
    return unsupported(`MySQL has no comment on constraint "${on.name}"`, 'a comment on the table');
  }
  const text =
    index === undefined ? (key?.kind === 'unique' ? constraintText(on.table, noted(key), server) : '') : indexText(noted(index), server);
  if (typeof text !== 'string') return text;
  return [statement(alter(on.table, [`DROP INDEX ${quote.identifier(on.name)}`, `ADD ${text}`]), server)];
}
