import { closest, Failure } from '../../base/index.ts';
import type { Extension } from '../../contracts/index.ts';
import type { Extensions, MigrationContext } from './migration.ts';

/** What a migration is given, but for the extensions, which are made of the rest. */
export type BareContext = Omit<MigrationContext, 'ext'>;

/** The context with its extensions. Each is made when it is first asked for, and is itself given those that it uses. */
export function withExtensions(bare: BareContext, extensions: readonly Extension[]): MigrationContext {
  const made = new Map<string, object>();
  const known = extensions.map(({ name }) => name);
  const make = (extension: Extension): object => {
    const { name, uses = [] } = extension;
    const kept = made.get(name);
    if (kept !== undefined) return kept;
    const given = extension.use({
      ...bare,
      ext: handed(uses, (other) => `the extension "${name}" does not say that it uses "${other}"`),
    } as never);
    if (typeof given !== 'object' || given === null || 'then' in given) throw wrong(`the extension "${name}" must give an object, at once`);
    made.set(name, given);
    return given;
  };
  const handed = (names: readonly string[], refused: (name: string) => string): Extensions =>
    new Proxy({} as Extensions, {
      has: (_target, name) => typeof name === 'string' && names.includes(name),
      get: (_target, name) => {
        // Whoever awaits or prints it asks for what no extension is called by.
        if (typeof name !== 'string' || name === 'then' || name === 'toJSON') return undefined;
        const extension = names.includes(name) ? extensions.find((one) => one.name === name) : undefined;
        if (extension === undefined) throw wrong(refused(name));
        return make(extension);
      },
    });
  return {
    ...bare,
    ext: handed(known, (name) => {
      const near = closest(name, known);
      return `there is no extension "${name}"${near === undefined ? '' : `; did you mean "${near}"?`}`;
    }),
  };
}

function wrong(message: string): Failure {
  return new Failure('migration.invalid', message, { fix: ['name it in `extensions` of the configuration'] });
}
