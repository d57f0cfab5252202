import { canonicalJson } from '../../../base/index.ts';
import { type Render, type RenderContext, type Rendered, type Unsupported, unsupported } from '../../../contracts/index.ts';
import {
  type Column,
  type CompositeType,
  type Domain,
  type EnumType,
  formatName,
  isAbsent,
  keyOf,
  type QualifiedName,
  sameName,
  tablesOf,
} from '../../../schema/index.ts';
import { collation, quote, text } from '../quote.ts';
import { mayFail } from '../traits.ts';
import { typeSql } from '../types.ts';
import { isInherited } from './heirs.ts';
import { commentStatement, defaultSql, every, inParentheses, inTurn, isUnsupported, statement } from './statement.ts';

/** Enum, domain and composite types. */
type OwnType = EnumType | Domain | CompositeType;

export function createType(type: OwnType, context: RenderContext): Rendered {
  const sql = typeDefinition(type);
  if (isUnsupported(sql)) return sql;
  return [statement(sql, context), ...(type.comment === undefined ? [] : [commentStatement(typeTarget(type), type.comment, context)])];
}

export function typeTarget({ kind, name }: { readonly kind: string; readonly name: QualifiedName }): string {
  return `${kind === 'domain' ? 'DOMAIN' : 'TYPE'} ${quote.name(name)}`;
}

function typeDefinition(type: OwnType): string | Unsupported {
  const name = quote.name(type.name);
  switch (type.kind) {
    case 'enum':
      return `CREATE TYPE ${name} AS ENUM (${type.values.map(text).join(', ')})`;
    case 'composite': {
      const attributes = every(type.attributes.map(attributeSql));
      return isUnsupported(attributes) ? attributes : `CREATE TYPE ${name} AS (${attributes.join(', ')})`;
    }
    case 'domain': {
      const base = typeSql(type.type);
      if (isUnsupported(base)) return base;
      const clauses = [
        type.collation === undefined ? '' : ` COLLATE ${collation(type.collation)}`,
        type.default === undefined ? '' : ` DEFAULT ${defaultSql(type.default)}`,
        type.nullable ? '' : ' NOT NULL',
        ...type.checks.map((check) => ` CONSTRAINT ${quote.identifier(check.name)} CHECK ${inParentheses(check.sql)}`),
      ];
      return `CREATE DOMAIN ${name} AS ${base}${clauses.join('')}`;
    }
  }
}

function attributeSql({ name, type, collation: collated }: CompositeType['attributes'][number]): string | Unsupported {
  const sql = typeSql(type);
  if (isUnsupported(sql)) return sql;
  return `${quote.identifier(name)} ${sql}${collated === undefined ? '' : ` COLLATE ${collation(collated)}`}`;
}

/** Changes a type in place from what it was, which must be known. */
export function replaceType(type: OwnType, context: RenderContext): Rendered {
  const key = keyOf({ kind: type.kind, name: type.name });
  if (isAbsent(context.before, key)) return createType(type, context);
  const before = context.before.objects.get(key);
  const instead = 'make a new type, move the columns to it, drop the old one';
  if (before === undefined) return unsupported(`how the type "${formatName(type.name)}" looks now is not known`, instead);
  const changed = differences(before as OwnType, type, context);
  if (changed === undefined) return unsupported(`the type "${formatName(type.name)}" cannot become this one in place`, instead);
  const comment = type.comment ?? null;
  const said = comment === (before.comment ?? null) ? [] : [commentStatement(typeTarget(type), comment, context)];
  return inTurn(changed, said);
}

function differences(before: OwnType, after: OwnType, context: RenderContext): Rendered | undefined {
  if (before.kind === 'enum' && after.kind === 'enum') return enumDifferences(before, after, context);
  if (before.kind === 'domain' && after.kind === 'domain') return domainDifferences(before, after, context);
  return before.kind === 'composite' && after.kind === 'composite' ? compositeDifferences(before, after, context) : undefined;
}

/** Values can come in between the old ones. None can go or move: then the type is made anew under the columns that have it. */
function enumDifferences(before: EnumType, after: EnumType, context: RenderContext): Rendered | undefined {
  const kept = after.values.filter((value) => before.values.includes(value));
  if (kept.join('\0') !== before.values.join('\0')) return enumAnew(before, after, context);
  const additions = after.values.flatMap((value, index) => {
    if (before.values.includes(value)) return [];
    const previous = after.values[index - 1];
    return [enumValue(after.name, value, previous === undefined ? place('BEFORE', before.values[0]) : place('AFTER', previous))];
  });
  return additions.map((sql) => statement(sql, context));
}

/**
 * The old type steps aside under another name until all columns have the new one; a value that is gone makes the move fail. What else than
 * columns has the type is not moved, so that dropping the old one fails where something has it.
 */
function enumAnew(before: EnumType, after: EnumType, context: RenderContext): Rendered {
  const aside: QualifiedName = { ...before.name, name: `${before.name.name.slice(0, 50)}__before` };
  const [name, old] = [quote.name(after.name), quote.name(aside)];
  const definition = typeDefinition(after);
  if (isUnsupported(definition)) return definition;
  const gone = before.values.filter((value) => !after.values.includes(value));
  const risk = mayFail(`rows that hold ${gone.map((value) => `"${value}"`).join(', ')} have no value any more`);
  const moves = tablesOf(context.before).flatMap((table) => {
    // A partition's columns, and what an heir has from its parents, go with theirs.
    const own = table.options['partitionOf'] === undefined ? table.columns.filter((column) => !isInherited(column)) : [];
    const actions = own.flatMap((column) => movedColumn(column, before.name, name));
    if (actions.length === 0) return [];
    const move = statement(`ALTER TABLE ${quote.name(table.name)} ${actions.join(', ')}`, context);
    return [gone.length === 0 ? move : { ...move, risks: [...move.risks, risk] }];
  });
  return [
    statement(`ALTER TYPE ${name} RENAME TO ${quote.identifier(aside.name)}`, context),
    statement(definition, context),
    ...(after.comment === undefined ? [] : [commentStatement(typeTarget(after), after.comment, context)]),
    ...moves,
    statement(`DROP TYPE ${old}`, context),
  ];
}

/** What gives a column the type under its name, the way of its values leading over their text. */
function movedColumn({ name, type, default: value }: Column, of: QualifiedName, to: string): readonly string[] {
  const [plain, array] = [type.kind === 'array' ? type.of : type, type.kind === 'array' ? '[]' : ''];
  if (plain.kind !== 'named' || !sameName(plain.type, of)) return [];
  const column = quote.identifier(name);
  const move = `ALTER COLUMN ${column} TYPE ${to}${array} USING ${column}::text${array}::${to}${array}`;
  if (value === undefined) return [move];
  return [`ALTER COLUMN ${column} DROP DEFAULT`, move, `ALTER COLUMN ${column} SET DEFAULT ${defaultSql(value)}`];
}

function place(where: 'BEFORE' | 'AFTER', neighbour: string | undefined): string {
  return neighbour === undefined ? '' : ` ${where} ${text(neighbour)}`;
}

function enumValue(name: QualifiedName, value: string, where: string): string {
  return `ALTER TYPE ${quote.name(name)} ADD VALUE ${text(value)}${where}`;
}

function domainDifferences(before: Domain, after: Domain, context: RenderContext): Rendered | undefined {
  if (canonicalJson([before.type, before.collation]) !== canonicalJson([after.type, after.collation])) return undefined;
  const actions: string[] = [];
  const same = (a: unknown, b: unknown): boolean => canonicalJson(a ?? null) === canonicalJson(b ?? null);
  const lost = before.checks.filter((check) => !after.checks.some((other) => same(check, other)));
  const added = after.checks.filter((check) => !before.checks.some((other) => same(check, other)));
  if (!same(before.default, after.default))
    actions.push(after.default === undefined ? 'DROP DEFAULT' : `SET DEFAULT ${defaultSql(after.default)}`);
  if (before.nullable !== after.nullable) actions.push(after.nullable ? 'DROP NOT NULL' : 'SET NOT NULL');
  actions.push(...lost.map((check) => `DROP CONSTRAINT ${quote.identifier(check.name)}`));
  actions.push(...added.map((check) => `ADD CONSTRAINT ${quote.identifier(check.name)} CHECK ${inParentheses(check.sql)}`));
  return actions.map((action) => statement(`ALTER DOMAIN ${quote.name(after.name)} ${action}`, context));
}

/** New attributes come last. */
function compositeDifferences(before: CompositeType, after: CompositeType, context: RenderContext): Rendered | undefined {
  const names = (list: CompositeType['attributes']): string => list.map(({ name }) => name).join('\0');
  const kept = before.attributes.filter((attribute) => after.attributes.some(({ name }) => name === attribute.name));
  const added = after.attributes.filter((attribute) => !before.attributes.some(({ name }) => name === attribute.name));
  if (names([...kept, ...added]) !== names(after.attributes)) return undefined;
  const lost = before.attributes.filter((attribute) => !kept.includes(attribute));
  const changed = after.attributes.filter((attribute) =>
    kept.some((old) => old.name === attribute.name && canonicalJson(old) !== canonicalJson(attribute)),
  );
  const texts = every([...added, ...changed].map(attributeSql));
  if (isUnsupported(texts)) return texts;
  const actions = [
    ...lost.map(({ name }) => `DROP ATTRIBUTE ${quote.identifier(name)}`),
    ...texts.slice(0, added.length).map((sql) => `ADD ATTRIBUTE ${sql}`),
    ...texts.slice(added.length).map((sql) => `ALTER ATTRIBUTE ${sql.replace(/^("(?:[^"]|"")*") /, '$1 TYPE ')}`),
  ];
  return actions.length === 0 ? [] : [statement(`ALTER TYPE ${quote.name(after.name)} ${actions.join(', ')}`, context)];
}

export const enumValues = {
  addEnumValue: ({ type, value, before, after }, context) => [
    statement(enumValue(type, value, before === undefined ? place('AFTER', after) : place('BEFORE', before)), context),
  ],
  renameEnumValue: ({ type, from, to }, context) => [
    statement(`ALTER TYPE ${quote.name(type)} RENAME VALUE ${text(from)} TO ${text(to)}`, context),
  ],
} satisfies Pick<Render, 'addEnumValue' | 'renameEnumValue'>;
