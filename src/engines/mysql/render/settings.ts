import type { Server, Statement } from '../../../contracts/index.ts';
import { quote } from '../quote.ts';
import type { Settings } from '../settings.ts';
import { statement } from './parts.ts';

/**
 * The statements that make an object, between those that give the session its settings and take them back. Which collation the database
 * has when a routine is made can only be said by changing it for that moment.
 */
export function underSettings(
  { collation_database: collation, ...variables }: Settings,
  make: readonly Statement[],
  server: Server,
): readonly Statement[] {
  const names = Object.keys(variables);
  const set = Object.entries(variables).flatMap(([name, value]) => [
    `@lockstep_was_${name} = @@session.${name}`,
    `${name} = ${quote.literal(value)}`,
  ]);
  const usual = server.settings?.['collation_database'];
  const isOther = collation !== undefined && usual !== undefined;
  return [
    ...(isOther ? [statement(`ALTER DATABASE COLLATE ${collation}`, server)] : []),
    ...(names.length === 0 ? [] : [statement(`SET ${set.join(', ')}`, server)]),
    ...make,
    ...(names.length === 0 ? [] : [statement(`SET ${names.map((name) => `${name} = @lockstep_was_${name}`).join(', ')}`, server)]),
    ...(isOther ? [statement(`ALTER DATABASE COLLATE ${usual}`, server)] : []),
  ];
}
