import { type DiffRules, diff } from '../src/diff/index.ts';
import { postgres } from '../src/engines/postgres/index.ts';
import { type Column, emptySchema, type Schema, schemaOf, type Table } from '../src/schema/index.ts';

/** The tables that `structures.ts` makes, as PostgreSQL gives them. */
function table(i: number): Table {
  const column = (name: string, type: Column['type'], more: Partial<Column> = {}): Column => ({ name, type, nullable: false, ...more });
  const parent = { name: `t${Math.max(1, Math.floor(i / 2))}` };
  return {
    kind: 'table',
    name: { name: `t${i}` },
    columns: [
      column('id', { kind: 'integer', bits: 64 }, { identity: { always: true } }),
      column('parent_id', { kind: 'integer', bits: 64 }, { nullable: true }),
      column('name', { kind: 'string', length: 80 }),
      column('state', { kind: 'text' }, { default: { value: 'new' } }),
      column('amount', { kind: 'decimal', precision: 12, scale: 2 }, { nullable: true, comment: 'In euros' }),
      column('details', { kind: 'json' }, { nullable: true }),
      column('created_at', { kind: 'timestamp', zone: true }, { default: { sql: 'now()' } }),
    ],
    constraints: [
      { kind: 'primaryKey', name: `t${i}_pkey`, columns: ['id'] },
      {
        kind: 'foreignKey',
        name: `t${i}_parent_fk`,
        columns: ['parent_id'],
        references: { table: parent, columns: ['id'] },
        onDelete: 'cascade',
      },
      { kind: 'check', name: `t${i}_amount_check`, sql: 'amount >= 0::numeric' },
    ],
    indexes: [
      { name: `t${i}_parent`, parts: [{ column: 'parent_id' }] },
      { name: `t${i}_name`, parts: [{ column: 'name' }, { column: 'created_at', order: 'desc' }] },
    ],
    options: {},
    comment: `What is kept of ${i}`,
  };
}

const structure = (size: number): Schema => schemaOf(Array.from({ length: size }, (_, i) => table(i + 1)));

/** The same structure with one column that may be null. */
function withOneChange(schema: Schema): Schema {
  const objects = [...schema.objects.values()];
  return schemaOf(
    objects.map((object, i) => {
      if (object.kind !== 'table' || i !== objects.length - 1) return object;
      return { ...object, columns: object.columns.map((one) => (one.name === 'name' ? { ...one, nullable: true } : one)) };
    }),
  );
}

const cases: Readonly<Record<string, (size: number) => readonly [Schema, Schema]>> = {
  equal: (size) => [structure(size), structure(size)],
  one: (size) => [structure(size), withOneChange(structure(size))],
  made: (size) => [emptySchema, structure(size)],
};

/** Compares two structures, and says how many milliseconds of CPU the comparison alone took. */
function run(which: string, size: number, rules: DiffRules): void {
  const [from, to] = cases[which]?.(size) ?? [emptySchema, emptySchema];
  const started = process.cpuUsage();
  const found = diff(from, to, rules);
  const { user, system } = process.cpuUsage(started);
  if ('refused' in found) throw new Error(found.refused);
  process.stdout.write(JSON.stringify({ cpu: (user + system) / 1000, changes: found.changes.length }));
}

const [which = '', size] = process.argv.slice(2);
run(which, Number(size), postgres.diff);
