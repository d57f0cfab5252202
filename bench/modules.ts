import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Provision } from '../test/support/server/provide.ts';
import { type Measured, measure } from './measure.ts';
import type { Row } from './table.ts';
import type { Workload } from './workloads.ts';

const files = fileURLToPath(new URL('raw/files.js', import.meta.url));

/** What the modules of a workload require: nothing, each the one before it, or all of them the first twenty. */
type Shape = 'plain' | 'chain' | 'wide';

/** Modules of ten versions in which everything is applied, and a command that finds nothing to do. The raw side reads and hashes the same files. */
export async function measureModules(
  workload: Workload,
  { runs, provision, program }: { readonly runs: number; readonly provision: Provision; readonly program: string },
): Promise<Row> {
  const [shape = 'plain', ...command] = workload.args;
  const folder = mkdtempSync(join(provision.folder, 'bench-'));
  writeModules(folder, workload.size / 10, shape as Shape);
  // One by one ten thousand commits would take the disk minutes that nobody wants to know of.
  await measure([program, 'up', '--transaction', 'all'], folder);
  const results = { raw: [] as Measured[], lockstep: [] as Measured[] };
  for (let i = 0; i < runs; i++) {
    results.raw.push(await measure([files, 'modules'], folder));
    results.lockstep.push(await measure([program, ...command], folder));
  }
  return { workload, flavour: 'sqlite', ...results };
}

/** Mostly SQL; of every tenth module one version is YAML and one is TypeScript. */
function writeModules(root: string, modules: number, shape: Shape): void {
  for (let m = 1; m <= modules; m++) {
    for (let v = 0; v < 10; v++) {
      const folder = join(root, 'modules', nameOf(m), `v1_${v}`);
      mkdirSync(folder, { recursive: true });
      const [ending, text] = migration(m, v);
      const requires = ending === 'sql' ? required(shape, m, v).map((one) => `-- lockstep:requires ${one}\n`) : [];
      writeFileSync(join(folder, `01_t.${ending}`), requires.join('') + text);
    }
  }
  writeFileSync(join(root, 'lockstep.config.json'), '{ "url": "sqlite:./bench.db" }');
}

function migration(m: number, v: number): readonly [ending: string, text: string] {
  if (m % 10 === 0 && v === 3) return ['yaml', `up:\n  - sql: SELECT ${m}\n`];
  if (m % 10 === 0 && v === 4) return ['ts', `export default {\n  up({ schema }) {\n    schema.sql('SELECT ${m}');\n  },\n};\n`];
  return ['sql', `SELECT ${m * 10 + v}`];
}

function required(shape: Shape, m: number, v: number): readonly string[] {
  if (shape === 'chain' && v === 0 && m > 1) return [`${nameOf(m - 1)}@>=v1_9`];
  if (shape === 'wide' && v === 9 && m > 20) return Array.from({ length: 20 }, (_, i) => `${nameOf(i + 1)}@>=v1_${i % 10}`);
  return [];
}

function nameOf(m: number): string {
  return `m${String(m).padStart(4, '0')}`;
}
