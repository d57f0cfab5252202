import type { ResultRow, Server } from '../../contracts/index.ts';
import { quote } from './quote.ts';
import { optional } from './rows.ts';

/** Settings that an object keeps from the moment it is made, each in a column of that name in the catalogue. */
const kept = ['sql_mode', 'collation_connection', 'collation_database', 'time_zone'] as const;
type Setting = (typeof kept)[number];
export type Settings = Readonly<Partial<Record<Setting, string>>>;

/** The settings of an object that are not what it would get by itself. */
export function settingsOf(row: ResultRow, { settings = {} }: Server): Settings {
  return Object.fromEntries(
    kept.flatMap((name) => {
      const value = optional(row, name);
      return value === undefined || settings[name] === undefined || value === settings[name] ? [] : [[name, value]];
    }),
  );
}

const prefix = /^SET ((?:\w+ = '[^']*'(?:, )?)+);\n/;

/** A CREATE statement with the settings under which it is to run in front of it. */
export function withSettings(settings: Settings, create: string): string {
  const texts = Object.entries(settings).map(([name, value]) => `${name} = '${value}'`);
  return texts.length === 0 ? create : `SET ${texts.join(', ')};\n${create}`;
}

/** Takes a definition apart again. */
export function definitionParts(definition: string): { readonly settings: Settings; readonly create: string } {
  const found = prefix.exec(definition);
  const settings = Object.fromEntries(
    [...(found?.[1] ?? '').matchAll(/(\w+) = '([^']*)'/g)].map(([, name = '', value = '']) => [name, value]),
  );
  return { settings, create: definition.slice(found?.[0].length ?? 0) };
}

/** Who an object acts as, in the words of DEFINER; nothing where that is the user of the connection. */
export function definerOf(row: ResultRow, server: Server): string | undefined {
  const definer = optional(row, 'definer');
  return definer === undefined || definer === '' || definer === server.user ? undefined : definer;
}

/** `DEFINER=…` for `name@host`, or for the name of a role. */
export function definerText(definer: string): string {
  const at = definer.lastIndexOf('@');
  const [name, host] = at < 0 ? [definer, ''] : [definer.slice(0, at), definer.slice(at + 1)];
  return `DEFINER=${quote.identifier(name)}${host === '' ? '' : `@${quote.identifier(host)}`}`;
}
