import type { ResultRow, Server } from '../../../contracts/index.ts';
import type { Opaque, QualifiedName, SchemaObject } from '../../../schema/index.ts';
import { given, list, named, opt, str } from '../catalogue.ts';
import { quote } from '../quote.ts';
import { opaqueName } from '../traits.ts';
import { commentOn } from './read-types.ts';

/** Routines, extensions, namespaces and the kinds that the model keeps as opaque objects. */
export function readObjects(
  rows: { readonly routines: readonly ResultRow[]; readonly rest: readonly ResultRow[]; readonly publications: readonly ResultRow[] },
  server: Server,
): readonly SchemaObject[] {
  return [
    ...rows.routines.map((row) => readRoutine(row, server)),
    ...rows.rest.flatMap((row) => readOther(row, server) ?? []),
    ...rows.publications.map(readPublication),
  ];
}

function readRoutine(row: ResultRow, server: Server): SchemaObject {
  const kind = str(row, 'kind');
  const name = named(row, server);
  const comment = given({ comment: opt(row, 'comment') });
  if (kind === 'a') return readAggregate(row, name);
  return {
    kind: 'routine',
    routine: kind === 'p' ? 'procedure' : 'function',
    name,
    arguments: str(row, 'arguments'),
    definition: ownDefinition(str(row, 'definition'), row, server),
    ...comment,
  };
}

/** PostgreSQL always writes the namespace of a routine into its definition; that of the connection is taken out, as everywhere. */
function ownDefinition(definition: string, row: ResultRow, server: Server): string {
  const schema = str(row, 'schema');
  if (schema !== server.namespace) return definition;
  const plain = /^[a-z_][a-z0-9_]*$/.test(schema) ? [schema, quote.identifier(schema)] : [quote.identifier(schema)];
  for (const spelled of plain) {
    for (const verb of ['FUNCTION', 'PROCEDURE']) {
      const start = `CREATE OR REPLACE ${verb} `;
      if (definition.startsWith(`${start}${spelled}.`)) return start + definition.slice(start.length + spelled.length + 1);
    }
  }
  return definition;
}

function readAggregate(row: ResultRow, name: QualifiedName): Opaque {
  const shown = quote.name(name);
  const signature = `${shown}(${str(row, 'arguments') === '' ? '*' : str(row, 'arguments')})`;
  const created = `${shown}(${opt(row, 'aggregate_arguments') || '*'})`;
  const comment = opt(row, 'comment');
  return {
    kind: 'opaque',
    type: 'aggregate',
    name: opaqueName('aggregate', { ...name, name: `${name.name}(${str(row, 'arguments')})` }),
    definition: `CREATE AGGREGATE ${created} (${str(row, 'aggregate')})${commentOn(`AGGREGATE ${signature}`, comment)}`,
    drop: `DROP AGGREGATE ${signature}`,
    ...given({ comment }),
  };
}

const firing: Readonly<Record<string, string>> = { D: 'DISABLE', R: 'ENABLE REPLICA', A: 'ENABLE ALWAYS' };

function readOther(row: ResultRow, server: Server): SchemaObject | undefined {
  const comment = given({ comment: opt(row, 'comment') });
  switch (str(row, 'kind')) {
    case 'namespace': {
      // The connection's own namespace and `public` are there before anything is.
      const name = str(row, 'name');
      return name === 'public' || name === server.namespace ? undefined : { kind: 'namespace', name: { name }, ...comment };
    }
    case 'extension':
      return { kind: 'extension', name: named(row, server), ...comment };
    case 'event trigger': {
      const target = `EVENT TRIGGER ${quote.identifier(str(row, 'name'))}`;
      const state = firing[opt(row, 'owner') ?? ''];
      return opaque(row, { name: str(row, 'name') }, target, state === undefined ? '' : `;\nALTER ${target} ${state}`);
    }
    default: {
      const name = named(row, server);
      return opaque(row, name, `${str(row, 'kind').toUpperCase()} ${quote.name(name)}`);
    }
  }
}

function opaque(row: ResultRow, name: QualifiedName, target: string, more = ''): Opaque {
  const type = str(row, 'kind');
  const comment = opt(row, 'comment');
  return {
    kind: 'opaque',
    type,
    name: opaqueName(type, name),
    definition: `${str(row, 'definition')}${more}${commentOn(target, comment)}`,
    drop: `DROP ${target}`,
    ...given({ comment }),
  };
}

function readPublication(row: ResultRow): Opaque {
  const target = `PUBLICATION ${quote.identifier(str(row, 'name'))}`;
  const parts = list(row, 'parts');
  const content = row['everything'] === true ? ' FOR ALL TABLES' : parts.length === 0 ? '' : ` FOR ${parts.join(', ')}`;
  const comment = opt(row, 'comment');
  return {
    kind: 'opaque',
    type: 'publication',
    name: opaqueName('publication', { name: str(row, 'name') }),
    definition: `CREATE ${target}${content} WITH (${str(row, 'options')})${commentOn(target, comment)}`,
    drop: `DROP ${target}`,
    ...given({ comment }),
  };
}
