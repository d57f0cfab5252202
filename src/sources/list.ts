import { Failure } from '../base/index.ts';
import type { Source } from '../contracts/index.ts';
import { rootModule, type SourceFile } from '../migration/index.ts';

/** A migration given in code: SQL, a text of any format by its name's ending, or functions. No file system is needed. */
export type ListedMigration =
  | { readonly name: string; readonly module?: string; readonly sql: string; readonly down?: string }
  | { readonly name: string; readonly module?: string; readonly text: string }
  | {
      readonly name: string;
      readonly module?: string;
      readonly up: unknown;
      readonly down?: unknown;
      readonly verify?: unknown;
      readonly transaction?: boolean;
    };

/** Migrations from a list. Names are as those of files: `001_users`, `20261122T101500_add_users`; a text needs its ending. */
export function listSource(migrations: readonly ListedMigration[]): Source {
  return { name: 'list', list: () => Promise.resolve(migrations.flatMap(toFiles)) };
}

function toFiles(listed: ListedMigration): readonly SourceFile[] {
  const { name, module = rootModule } = listed;
  const parts = name.split('/');
  const own = parts.at(-1) ?? name;
  const file = (ending: string, text: string, load?: () => Promise<unknown>): SourceFile => ({
    path: own.endsWith(ending) ? name : name + ending,
    text,
    folders: parts.slice(0, -1),
    name: own.endsWith(ending) ? own : own + ending,
    module,
    ...(load === undefined ? {} : { load }),
  });
  if ('sql' in listed) {
    const stem = own.endsWith('.sql') ? '' : '.sql';
    if (listed.down === undefined) return [file(stem, listed.sql)];
    return [file('.up.sql', listed.sql), file('.down.sql', listed.down)];
  }
  if ('text' in listed) {
    if (!/\.[^./]+$/.test(own)) {
      throw new Failure('migration.invalid', `"${name}" needs an ending that says its format, for example .yaml`, {
        state: 'nothing was run',
        fix: [`name: '${name}.yaml'`],
      });
    }
    return [file('', listed.text)];
  }
  // The text of the functions stands for the file, so that an edit is noticed.
  const text = [listed.up, listed.down, listed.verify].map((part) => (typeof part === 'function' ? part.toString() : '')).join('\n');
  return [file('.js', text, () => Promise.resolve({ default: listed }))];
}
