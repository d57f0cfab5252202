import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { globSync } from 'tinyglobby';

const run = promisify(execFile);
const cruiser = fileURLToPath(new URL('../node_modules/dependency-cruiser/bin/dependency-cruise.mjs', import.meta.url));
const config = fileURLToPath(new URL('../.dependency-cruiser.mjs', import.meta.url));

/** An import that a rule of the folders forbids. */
export interface Violation {
  readonly rule: string;
  readonly from: string;
  readonly to: string;
}

interface Report {
  readonly modules: readonly { readonly source: string }[];
  readonly summary: {
    readonly violations: readonly { readonly rule: { readonly name: string }; readonly from: string; readonly to: string }[];
  };
}

/**
 * Holds the imports of `src` below a folder against the rules. Refuses when a source was not read: with a compiler that it does
 * not know, dependency-cruiser reads nothing and finds nothing wrong.
 */
export async function cruise(root: string): Promise<{ readonly violations: readonly Violation[]; readonly modules: number }> {
  const files = globSync('src/**/*.ts', { cwd: root });
  const args = [cruiser, 'src', '--config', config, '--output-type', 'json'];
  const { stdout } = await run(process.execPath, args, { cwd: root, maxBuffer: 500_000_000 }).catch(printedWhatIsWrong);
  const { modules, summary } = JSON.parse(stdout) as Report;
  const seen = new Set(modules.map(({ source }) => source));
  const unseen = files.filter((file) => !seen.has(file));
  if (files.length === 0 || unseen.length > 0) {
    throw new Error(`dependency-cruiser read ${files.length - unseen.length} of ${files.length} sources; missing: ${unseen.join(', ')}`);
  }
  return { violations: summary.violations.map(({ rule, from, to }) => ({ rule: rule.name, from, to })), modules: files.length };
}

/** The program ends with the number of errors it found, and its report is complete. */
function printedWhatIsWrong(error: unknown): { readonly stdout: string } {
  const { stdout } = error as { stdout?: string };
  if (stdout?.startsWith('{')) return { stdout };
  throw error;
}
