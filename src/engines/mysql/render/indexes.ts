import { type Render, unsupported } from '../../../contracts/index.ts';
import { keyOf, type QualifiedName, type Schema } from '../../../schema/index.ts';
import { has } from '../flavours.ts';
import { quote } from '../quote.ts';
import { indexHead, indexTail, indexText } from './definition.ts';
import { alter, known, statement, upkeep } from './parts.ts';

type IndexKinds = 'createIndex' | 'dropIndex' | 'renameIndex';

const ofView = unsupported('MySQL has no indexes on views', 'an index on the table behind the view');

/**
 * Most indexes of InnoDB are built while rows are read and written. Where that was asked for, the statement says so, and the server
 * refuses it rather than block anybody.
 */
export const renderIndex = {
  createIndex: (change, context) => {
    const { table, index, concurrently } = change;
    const { server } = context;
    if (isView(table, context.before)) return ofView;
    const [head, tail] = [indexHead(index), indexTail(index, server)];
    if (typeof head !== 'string') return head;
    if (typeof tail !== 'string') return tail;
    const kept = upkeep(change, table, context);
    const text = indexText(index, server);
    if (kept.length > 0 && typeof text === 'string') {
      return [statement(alter(table, [`ADD ${text}`, ...kept, ...(concurrently ? online : [])]), server)];
    }
    const sql = `CREATE ${head} ${quote.identifier(index.name)} ON ${quote.name(table)} ${tail}`;
    return [statement(concurrently ? `${sql} ${online.join(' ')}` : sql, server)];
  },

  dropIndex: (change, context) => {
    const { table, name, concurrently } = change;
    const { server } = context;
    if (isView(table, context.before)) return ofView;
    const kept = upkeep(change, table, context);
    // DROP INDEX of MariaDB takes no wishes, ALTER TABLE does.
    if (kept.length > 0 || concurrently) {
      return [statement(alter(table, [`DROP INDEX ${quote.identifier(name)}`, ...kept, ...(concurrently ? online : [])]), server)];
    }
    return [statement(`DROP INDEX ${quote.identifier(name)} ON ${quote.name(table)}`, server)];
  },

  renameIndex: ({ table, from, to }, context) => {
    const { server } = context;
    if (isView(table, context.before)) return ofView;
    if (has(server, 'renameIndex')) {
      return [statement(alter(table, [`RENAME INDEX ${quote.identifier(from)} TO ${quote.identifier(to)}`]), server)];
    }
    const found = known(table, context, `${server.title} renames an index by building it anew`);
    if ('deferred' in found) return found;
    const index = found.indexes.find((candidate) => candidate.name === from);
    if (index === undefined) return [];
    const text = indexText({ ...index, name: to }, server);
    return typeof text === 'string' ? [statement(alter(table, [`DROP INDEX ${quote.identifier(from)}`, `ADD ${text}`]), server)] : text;
  },
} satisfies Pick<Render, IndexKinds>;

const online = ['ALGORITHM=INPLACE', 'LOCK=NONE'];

function isView(name: QualifiedName, before: Schema): boolean {
  return before.objects.has(keyOf({ kind: 'view', name }));
}
