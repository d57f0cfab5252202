import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build, type Metafile, type Plugin } from 'esbuild';
import { buildState, digestInputs, startOfWork } from './sources.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const run = promisify(execFile);

/** Packages that cost less inside the program than as the many files that they are; the others stay outside. */
const inlined = ['picocolors', 'lilconfig', 'yaml', 'zod'];

/** Builds into a folder of its own and puts that in the place of `dist` in one step, so that two builds never mix. */
async function buildAll(): Promise<void> {
  const started = startOfWork();
  const before = await digestInputs(root);
  await removeRemains();
  const made = join(root, `.build-${process.pid}-${Date.now().toString(36)}`);
  await mkdir(made);
  try {
    // All are waited for, so that none writes into a folder that is being removed.
    const parts = await Promise.allSettled([
      buildProgram(made),
      buildLibrary(join(made, 'lib')),
      buildWeb(join(made, 'web')),
      writeSchemas(made),
    ]);
    for (const part of parts) if (part.status === 'rejected') throw part.reason;
    const startBytes = parts[0].status === 'fulfilled' ? parts[0].value : 0;
    if ((await digestInputs(root)) !== before) throw new Error('the sources changed while they were built');
    const record = join(made, 'build.json');
    await writeFile(record, `${JSON.stringify({ digest: before, startBytes })}\n`);
    // What is written while the build runs must count as newer than the build.
    await utimes(record, started, started);
    await putInPlace(made);
  } finally {
    await rm(made, { recursive: true, force: true });
  }
}

async function buildLibrary(folder: string): Promise<void> {
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  try {
    await run(process.execPath, [compiler, '-p', 'tsconfig.build.json', '--outDir', folder], { cwd: root });
  } catch (error) {
    throw new Error(`the library does not compile:\n${(error as { stdout?: string }).stdout ?? ''}`, { cause: error });
  }
}

/** The web app, from `web/`: nothing of it is loaded by a program, `serve` hands its files out. */
async function buildWeb(folder: string): Promise<void> {
  const { build: bundle } = await import('vite');
  await bundle({
    configFile: join(root, 'web/vite.config.ts'),
    logLevel: 'error',
    build: { outDir: folder, emptyOutDir: true },
  });
}

/**
 * One file with all that every start needs, and one for each part that is loaded with import(), in `late/`.
 * Gives the number of bytes that every start loads.
 */
async function buildProgram(folder: string): Promise<number> {
  const result = await build({
    entryPoints: { cli: join(root, 'src/cli/main.ts') },
    absWorkingDir: root,
    outdir: folder,
    bundle: true,
    splitting: true,
    chunkNames: 'late/[name]-[hash]',
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    metafile: true,
    legalComments: 'none',
    logLevel: 'error',
    // The inlined packages are CommonJS and ask for modules of Node with `require`.
    banner: { js: "import { createRequire as requireFrom } from 'node:module';\nconst require = requireFrom(import.meta.url);" },
    plugins: [keepPackagesOutside],
  });
  const eager = eagerOutputs(result.metafile);
  refuseEagerPackages(result.metafile, eager);
  return eager.reduce((sum, path) => sum + (result.metafile.outputs[path]?.bytes ?? 0), 0);
}

const keepPackagesOutside: Plugin = {
  name: 'keep-packages-outside',
  setup({ onResolve }) {
    onResolve({ filter: /^[^./]/ }, ({ path, kind }) => {
      if (kind === 'entry-point' || inlined.includes(path)) return undefined;
      return { path, external: true };
    });
  },
};

/** The file that starts the program and all that it imports without import(): what every start loads. */
function eagerOutputs({ outputs }: Metafile): readonly string[] {
  const eager = Object.keys(outputs).filter((path) => path.endsWith('/cli.js'));
  for (const path of eager) {
    for (const { kind, external, path: imported } of outputs[path]?.imports ?? []) {
      if (kind === 'import-statement' && external !== true && !eager.includes(imported)) eager.push(imported);
    }
  }
  return eager;
}

/** A package outside that every start loads would be paid by `--version` too. */
function refuseEagerPackages({ inputs, outputs }: Metafile, eager: readonly string[]): void {
  const imports = eager
    .flatMap((path) => outputs[path]?.imports ?? [])
    .filter(({ kind, external }) => kind === 'import-statement' && external === true);
  const packages = new Set(imports.map(({ path }) => path).filter((path) => !path.startsWith('node:') && !builtinModules.includes(path)));
  const guilty = Object.entries(inputs).flatMap(([file, input]) =>
    input.imports
      .filter(({ path, kind }) => kind === 'import-statement' && packages.has(path))
      .map(({ path }) => `${file} imports "${path}"`),
  );
  if (guilty.length > 0) throw new Error(`every start would load packages, import() them where they are used:\n  ${guilty.join('\n  ')}`);
}

async function writeSchemas(folder: string): Promise<void> {
  const source = join(root, 'src/formats/json-schema.ts');
  if (!existsSync(source)) return;
  const { jsonSchema } = (await import(source)) as { jsonSchema: () => unknown };
  await writeFile(join(folder, 'migration.schema.json'), `${JSON.stringify(jsonSchema(), null, 2)}\n`);
  const { manifestJsonSchema } = (await import(join(root, 'src/formats/manifest-grammar.ts'))) as { manifestJsonSchema: () => unknown };
  await writeFile(join(folder, 'module.schema.json'), `${JSON.stringify(manifestJsonSchema(), null, 2)}\n`);
  const { xmlSchema } = (await import(join(root, 'src/formats/xsd.ts'))) as { xmlSchema: () => string };
  await writeFile(join(folder, 'migration.xsd'), xmlSchema());
}

async function putInPlace(made: string): Promise<void> {
  const dist = join(root, 'dist');
  const old = `${made}-old`;
  for (;;) {
    await rename(dist, old).catch(ignore('ENOENT'));
    try {
      await rename(made, dist);
      break;
    } catch (error) {
      // Another build was faster between the two lines: its result makes place like any other.
      ignore('ENOTEMPTY', 'EEXIST')(error);
    }
    await rm(old, { recursive: true, force: true });
  }
  await rm(old, { recursive: true, force: true });
}

function ignore(...codes: string[]): (error: unknown) => void {
  return (error) => {
    if (!codes.includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  };
}

/** Folders of builds that were killed; one younger than an hour may still be at work. */
async function removeRemains(): Promise<void> {
  for (const name of await readdir(root)) {
    if (!name.startsWith('.build-')) continue;
    const found = await stat(join(root, name)).catch(() => undefined);
    if (found !== undefined && Date.now() - found.mtimeMs > 3_600_000) await rm(join(root, name), { recursive: true, force: true });
  }
}

if (!process.argv.includes('--if-stale') || (await buildState(root)) !== 'fresh') await buildAll();
