import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { globSync } from 'tinyglobby';
import { describe, expect, test } from 'vitest';
import { catalogue } from '../../src/base/index.ts';
import { builtInEngines } from '../../src/engines/index.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const engines = readdirSync(join(root, 'src/engines'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);
const sources = globSync(['src/**/*.ts', '!**/*.test.ts'], { cwd: root }).sort();

/** The lines of a source that are no comments, each with its place. */
function lines(path: string): readonly { readonly place: string; readonly line: string }[] {
  const text = readFileSync(join(root, path), 'utf8').split('\n');
  return text.map((line, i) => ({ place: `${path}:${i + 1}`, line })).filter(({ line }) => !/^\s*(?:\/\/|\/?\*)/.test(line));
}

describe.each(engines)('the folder of the engine %s', (engine) => {
  const agreed = ['index', 'flavours', 'types', 'quote', 'split', 'classify', 'inspect', 'render/index', 'history'];

  test('has the files that every engine has', () => {
    const files = [...agreed.map((name) => `${name}.ts`), 'README.md'];
    expect(files.filter((file) => !existsSync(join(root, 'src/engines', engine, file)))).toEqual([]);
  });

  test('is in the list of engines under its own name', () => {
    expect(builtInEngines.map(({ name }) => name)).toContain(engine);
  });
});

test('an engine is named in its own folder, in the list of engines and by the drivers that speak with it, nowhere else', () => {
  const literal = new RegExp(`['"\`](?:${engines.join('|')})['"\`]`);
  const allowed = ({ place, line }: { place: string; line: string }): boolean => {
    if (place.startsWith('src/drivers/')) return /^\s*(?:engine|schemes|name):/.test(line);
    return (
      place.startsWith('src/engines/index.ts:') ||
      engines.some((engine) => place.startsWith(`src/engines/${engine}/`) && !namesAnother(engine, line))
    );
  };
  const namesAnother = (engine: string, line: string): boolean =>
    engines.some((other) => other !== engine && new RegExp(`['"\`]${other}['"\`]`).test(line));
  const named = sources.flatMap(lines).filter(({ line }) => literal.test(line));
  expect(named.length).toBeGreaterThan(0);
  expect(named.filter((one) => !allowed(one))).toEqual([]);
});

test('up to floor 5 nobody asks for the time, for chance, for the process or writes to the console', () => {
  const pure = sources.filter((path) => /^src\/(?:base|schema|migration|diff|contracts|plan|lint|engines|formats)\//.test(path));
  expect(pure.length).toBeGreaterThan(50);
  const asks =
    /\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|(?<![\w.'"])process\.|\bconsole\.|\bperformance\.now\b|\bset(?:Timeout|Interval|Immediate)\(/;
  expect(pure.flatMap(lines).filter(({ line }) => asks.test(line))).toEqual([]);
});

test('every error of the catalogue is raised somewhere', () => {
  const text = sources
    .filter((path) => path !== 'src/base/catalogue.ts')
    .map((path) => readFileSync(join(root, path), 'utf8'))
    .join('\n');
  expect(Object.keys(catalogue).filter((code) => !text.includes(`'${code}'`))).toEqual([]);
});

test('every package that is installed with the product has its reason written down', () => {
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { dependencies: Record<string, string> };
  const reasons = readFileSync(join(root, 'docs/decisions/003-dependencies.md'), 'utf8');
  expect(Object.keys(dependencies).filter((name) => !reasons.includes(`| ${name} |`))).toEqual([]);
});
