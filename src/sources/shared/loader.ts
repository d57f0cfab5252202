import type { Jiti } from 'jiti';

/** Runs TypeScript and JavaScript files, whatever the project's own set-up. */
export interface CodeLoader {
  /** What a file exports. */
  load(path: string): Promise<unknown>;
  /** Plain JavaScript without types and comments. */
  transpile(text: string, path: string): Promise<string>;
}

/** A loader in which `import 'lockstep'` gives the copy that is running, also outside any package. */
export function codeLoader(base: string, own: Readonly<Record<string, unknown>>): CodeLoader {
  let jiti: Promise<Jiti> | undefined;
  const loader = (): Promise<Jiti> => {
    jiti ??= import('jiti').then(({ createJiti }) => createJiti(`${base}/`, { virtualModules: { lockstep: own }, moduleCache: false }));
    return jiti;
  };
  return {
    load: async (path) => (await loader()).import(path),
    transpile: async (text, path) =>
      (await loader()).transform({ source: text, filename: path, ts: /\.[cm]?ts$/.test(path), async: true, babel: { comments: false } }),
  };
}
