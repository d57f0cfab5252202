import type { Change, StandaloneObject } from '../change.ts';
import type { Domain, View } from '../model.ts';
import type { ObjectReference } from '../names.ts';
import { domainCheckName, type Naming } from './naming.ts';
import { readDefault } from './read-column.ts';
import { givenNames } from './read-constraint.ts';
import { readIndex } from './read-index.ts';
import { namedIndex } from './read-table.ts';
import { readType } from './read-type.ts';
import { number } from './read-value.ts';
import type { NameText } from './spec.ts';
import type { ChangeSpecs } from './spec-change.ts';
import type { DomainSpec, ObjectNameSpec, ObjectSpecs, ObjectWord, ViewSpec } from './spec-object.ts';
import {
  below,
  columnOfTable,
  each,
  flag,
  given,
  nothingElse,
  plainName,
  plainNames,
  qualifiedName,
  type Spot,
  text,
  wrong,
} from './spot.ts';

/** The word of each kind of object in the names of changes: `createView`, `dropEnum`. */
export const objectWords = {
  view: 'View',
  sequence: 'Sequence',
  enum: 'Enum',
  domain: 'Domain',
  composite: 'Composite',
  routine: 'Routine',
  trigger: 'Trigger',
  policy: 'Policy',
  extension: 'Extension',
  namespace: 'Namespace',
  opaque: 'Opaque',
} as const satisfies { readonly [K in StandaloneObject['kind']]: ObjectWord };

const kinds = Object.keys(objectWords) as readonly StandaloneObject['kind'][];

type ReadObject = { readonly [W in ObjectWord]: (spec: ObjectSpecs[W], spot: Spot) => StandaloneObject };

const readers: ReadObject = {
  View: readView,

  Sequence: ({ name, bits, start, increment, minimum, maximum, cache, cycle, unlogged, ownedBy, comment, ...rest }, spot) => {
    nothingElse(rest, spot);
    const whole = (value: number | bigint | undefined, key: string): number | bigint | undefined =>
      value === undefined ? undefined : number(value, below(spot, key));
    return {
      kind: 'sequence',
      name: nameAt(name, spot),
      ...given({
        bits,
        start: whole(start, 'start'),
        increment: whole(increment, 'increment'),
        minimum: whole(minimum, 'minimum'),
        maximum: whole(maximum, 'maximum'),
        cache,
        cycle: flag(cycle, below(spot, 'cycle')),
        unlogged: flag(unlogged, below(spot, 'unlogged')),
        ownedBy: ownedBy === undefined ? undefined : readOwner(ownedBy, below(spot, 'ownedBy')),
        comment,
      }),
    };
  },

  Enum: ({ name, values, comment, ...rest }, spot) => {
    nothingElse(rest, spot);
    return {
      kind: 'enum',
      name: nameAt(name, spot),
      values: each(values, below(spot, 'values'), text),
      ...given({ comment }),
    };
  },

  Domain: readDomain,

  Composite: ({ name, attributes, comment, ...rest }, spot) => {
    nothingElse(rest, spot);
    return {
      kind: 'composite',
      name: nameAt(name, spot),
      attributes: each(attributes, below(spot, 'attributes'), (spec, at) => {
        const { name: own, collation, type, length, precision, scale, unsigned, values, of, declared, ...others } = spec;
        nothingElse(others, at);
        return { name: plainName(own, below(at, 'name')), type: readType(spec, at), ...given({ collation }) };
      }),
      ...given({ comment }),
    };
  },

  Routine: ({ routine, name, arguments: signature, definition, comment, ...rest }, spot) => {
    nothingElse(rest, spot);
    if (routine !== 'function' && routine !== 'procedure') wrong(below(spot, 'routine'), 'must be "function" or "procedure"');
    return {
      kind: 'routine',
      routine,
      name: nameAt(name, spot),
      definition: text(definition, below(spot, 'definition')),
      ...given({ arguments: signature, comment }),
    };
  },

  Trigger: ({ name, on, definition, comment, ...rest }, spot) => {
    nothingElse(rest, spot);
    return {
      kind: 'trigger',
      name: nameAt(name, spot),
      on: qualifiedName(on, below(spot, 'on')),
      definition: text(definition, below(spot, 'definition')),
      ...given({ comment }),
    };
  },

  Policy: ({ name, on, restrictive, command, roles, using, check, comment, ...rest }, spot) => {
    nothingElse(rest, spot);
    return {
      kind: 'policy',
      name: nameAt(name, spot),
      on: qualifiedName(on, below(spot, 'on')),
      ...given({
        restrictive: flag(restrictive, below(spot, 'restrictive')),
        command,
        roles: roles && plainNames(roles, below(spot, 'roles')),
        using,
        check,
        comment,
      }),
    };
  },

  Extension: ({ name, version, comment, ...rest }, spot) => {
    nothingElse(rest, spot);
    return { kind: 'extension', name: nameAt(name, spot), ...given({ version, comment }) };
  },

  Namespace: ({ name, comment, ...rest }, spot) => {
    nothingElse(rest, spot);
    return { kind: 'namespace', name: nameAt(name, spot), ...given({ comment }) };
  },

  Opaque: ({ type, name, definition, drop, dependsOn, comment, ...rest }, spot) => {
    nothingElse(rest, spot);
    return {
      kind: 'opaque',
      type: text(type, below(spot, 'type')),
      name: nameAt(name, spot),
      definition: text(definition, below(spot, 'definition')),
      drop: text(drop, below(spot, 'drop')),
      ...given({ dependsOn, comment }),
    };
  },
};

type ObjectKinds = `${'create' | 'replace' | 'drop' | 'rename'}${ObjectWord}`;
type ReadObjectChange = { readonly [K in ObjectKinds]: (spec: ChangeSpecs[K], spot: Spot) => readonly Change[] };

/** The readers of createView, replaceView, dropView, renameView and so on for every kind of object. */
export const objectReaders: ReadObjectChange = Object.fromEntries(kinds.flatMap(readersOf)) as unknown as ReadObjectChange;

function readersOf(kind: StandaloneObject['kind']): readonly (readonly [string, (spec: never, spot: Spot) => readonly Change[]])[] {
  const word = objectWords[kind];
  const read = readers[word] as (spec: ObjectSpecs[ObjectWord], spot: Spot) => StandaloneObject;
  return [
    [`create${word}`, (spec: ObjectSpecs[ObjectWord], spot) => [{ kind: 'createObject', object: read(spec, spot) }]],
    [`replace${word}`, (spec: ObjectSpecs[ObjectWord], spot) => [{ kind: 'replaceObject', object: read(spec, spot) }]],
    [`drop${word}`, (spec: NameText | ObjectNameSpec, spot) => [{ kind: 'dropObject', object: readReference(kind, spec, spot) }]],
    [
      `rename${word}`,
      ({ to, ...spec }: ObjectNameSpec & { readonly to: NameText }, spot) => [
        { kind: 'renameObject', object: readReference(kind, spec, spot), to: qualifiedName(to, below(spot, 'to')) },
      ],
    ],
  ];
}

/** Reads which object is meant. Refuses a trigger or policy without its table, and a table or arguments where they mean nothing. */
export function readReference(kind: StandaloneObject['kind'], spec: NameText | ObjectNameSpec, spot: Spot): ObjectReference {
  const { name, on, arguments: signature, ...rest } = typeof spec === 'string' ? { name: spec } : spec;
  nothingElse(rest, spot);
  const hasOwner = kind === 'trigger' || kind === 'policy';
  if (hasOwner && on === undefined) wrong(spot, `a ${kind} is named together with its table: give \`on\``);
  if (!hasOwner && on !== undefined) wrong(below(spot, 'on'), `a ${kind} lies on no table`);
  if (kind !== 'routine' && signature !== undefined) wrong(below(spot, 'arguments'), `a ${kind} has no arguments`);
  return {
    kind,
    name: qualifiedName(name, typeof spec === 'string' ? spot : below(spot, 'name')),
    ...given({ on: on === undefined ? undefined : qualifiedName(on, below(spot, 'on')), arguments: signature }),
  };
}

function readView({ name: nameText, query, materialized, columns, indexes, options, comment, ...rest }: ViewSpec, spot: Spot): View {
  nothingElse(rest, spot);
  const name = nameAt(nameText, spot);
  const drafts = indexes && each(indexes, below(spot, 'indexes'), readIndex);
  const naming: Naming = {
    table: name,
    columns: [],
    taken: new Set(givenNames(drafts ?? [])),
    ...(spot.conventions?.naming === undefined ? {} : { policy: spot.conventions.naming }),
  };
  return {
    kind: 'view',
    name,
    query: text(query, below(spot, 'query')),
    ...given({
      materialized: flag(materialized, below(spot, 'materialized')),
      columns: columns && plainNames(columns, below(spot, 'columns')),
      indexes: drafts?.map((draft) => namedIndex(draft, naming)),
      options,
      comment,
    }),
  };
}

function readDomain(spec: DomainSpec, spot: Spot): Domain {
  const { type: _, length, precision, scale, unsigned, values, of, declared, ...own } = spec;
  const { name: nameText, nullable, default: value, collation, checks = [], comment, ...rest } = own;
  nothingElse(rest, spot);
  const name = nameAt(nameText, spot);
  const type = readType(spec, spot);
  flag(nullable, below(spot, 'nullable'));
  const taken = new Set(checks.flatMap((check) => (typeof check === 'string' ? [] : (check.name ?? []))));
  return {
    kind: 'domain',
    name,
    type,
    nullable: nullable ?? true,
    checks: each(checks, below(spot, 'checks'), (check, at) => {
      const { name: own, sql, ...others } = typeof check === 'string' ? { sql: check } : check;
      nothingElse(others, at);
      return {
        name: own === undefined ? domainCheckName(name, taken) : plainName(own, below(at, 'name')),
        sql: text(sql, below(at, 'sql')),
      };
    }),
    ...given({
      default: value === undefined ? undefined : readDefault(value, type, below(spot, 'default')),
      collation,
      comment,
    }),
  };
}

function readOwner(spec: string | { readonly table: NameText; readonly column: string }, spot: Spot): ReturnType<typeof columnOfTable> {
  if (typeof spec === 'string') return columnOfTable(spec, spot);
  const { table, column, ...rest } = spec;
  nothingElse(rest, spot);
  return { table: qualifiedName(table, below(spot, 'table')), column: plainName(column, below(spot, 'column')) };
}

function nameAt(name: NameText, spot: Spot): ReturnType<typeof qualifiedName> {
  return qualifiedName(name, below(spot, 'name'));
}
