import type { Jiti, JitiOptions } from 'jiti';

/** Runs TypeScript and JavaScript files, whatever the project's own set-up. */
export interface CodeLoader {
  /** What a file exports. The stack of what it throws names the place, also for code that cannot be parsed. */
  load(path: string): Promise<unknown>;
  /** Plain JavaScript without types and comments, set anew; a text that cannot be parsed is given back as it is. */
  transpile(text: string, path: string): Promise<string>;
}

/** A loader in which `import 'lockstep'` gives the copy that is running, also outside any package. */
export function codeLoader(base: string, own: Readonly<Record<string, unknown>>): CodeLoader {
  const create = async (options: JitiOptions): Promise<Jiti> => (await import('jiti')).createJiti(`${base}/`, options);
  let runs: Promise<Jiti> | undefined;
  let transpiles: Promise<Jiti> | undefined;
  return {
    load: async (path) => {
      try {
        runs ??= create({ virtualModules: { lockstep: own }, moduleCache: false });
        const loader = await runs;
        return await limited(() => loader.import(path));
      } catch (error) {
        throw withPlace(error);
      }
    },
    transpile: async (text, path) => {
      // What comes out of its cache of files bears a mark.
      transpiles ??= create({ fsCache: false });
      const plain = (await transpiles).transform({
        source: text,
        filename: path,
        ts: /\.[cm]?ts$/.test(path),
        async: true,
        // Line breaks as the generator sets them, so that only what the code says counts.
        retainLines: false,
        babel: { comments: false },
      });
      return plain.startsWith('exports.__JITI_ERROR__') ? text : plain;
    },
  };
}

/** Milliseconds that a file may take to be loaded: it only declares what will be done. */
const longestMs = 10_000;

/** Refuses what never ends. While a file runs, Ctrl-C ends the process at once: a loop without an end hears of nothing else. */
async function limited<T>(load: () => Promise<T>): Promise<T> {
  const listeners = process.listeners('SIGINT');
  for (const listener of listeners) process.off('SIGINT', listener);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const refuse = (): void => reject(new Error(`it awaits what has not come within ${longestMs / 1000} s`));
    timer = setTimeout(refuse, longestMs);
  });
  try {
    return await Promise.race([load(), late]);
  } finally {
    clearTimeout(timer);
    for (const listener of listeners) process.on('SIGINT', listener);
  }
}

/** The parser's own errors have their place in the message, with columns counted from 0, and nothing of use in the stack. */
function withPlace(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const parsed = /^(?:ParseError: )?(.*?)\s*\n\s*(.+):(\d+):(\d+)$/.exec(error.message);
  if (parsed === null) return error;
  const [, message = '', file = '', line = '', column = ''] = parsed;
  const plain = new SyntaxError(message, { cause: error });
  plain.stack = `SyntaxError: ${message}\n    at ${file}:${line}:${Number(column) + 1}`;
  return plain;
}
