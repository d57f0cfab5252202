import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type CatalogueEntry, catalogue } from '../src/base/index.ts';
import { commands } from '../src/cli/commands.ts';
import { globalFlags } from '../src/cli/flags.ts';
import type { Command, Flag } from '../src/cli/spec.ts';
import { losses } from '../src/neutral/index.ts';
import { changesPage } from './docs-changes.ts';

// Writes the pages that are made from the source. With `--check` it writes nothing and fails where a page differs.
const root = fileURLToPath(new URL('..', import.meta.url));

/** Folders that hold nothing but generated pages, each page by its path. */
type Pages = ReadonlyMap<string, string>;

function errorPages(): Pages {
  const entries = Object.entries<CatalogueEntry>(catalogue).sort(([a], [b]) => (a < b ? -1 : 1));
  const pages = entries.map(([code, entry]): [string, string] => [`docs/errors/${code}.md`, errorPage(code, entry)]);
  const rows = entries.map(([code, { exit, title }]) => `| [\`${code}\`](${code}.md) | ${exit} | ${title} |`);
  const index = [
    '# Errors',
    '',
    generatedFrom('src/base/catalogue.ts'),
    '',
    '| code | exit | what it means |',
    '|---|---|---|',
    ...rows,
    '',
  ];
  return new Map([['docs/errors/README.md', index.join('\n')], ...pages]);
}

function errorPage(code: string, { exit, title, explain, fix }: CatalogueEntry): string {
  const lines = [`# ${code}`, '', generatedFrom('src/base/catalogue.ts'), '', `**${title}.** Exit code ${exit}.`, '', explain];
  const help = fix.map((one) => (/^(?:lockstep|npm) /.test(one) ? `- \`${one}\`` : `- ${one}`));
  return [...lines, '', '## What helps', '', ...help, ''].join('\n');
}

function commandPages(): Pages {
  const pages = commands.map((command): [string, string] => [`docs/commands/${command.name}.md`, commandPage(command)]);
  const rows = commands.map(({ name, summary }) => `| [\`${name}\`](${name}.md) | ${summary} |`);
  const index = ['# Commands', '', generatedFrom('src/cli/commands.ts'), '', '| command | what it does |', '|---|---|', ...rows, ''];
  return new Map([
    ['docs/commands/README.md', [...index, '## Flags of every command', '', ...flagRows(globalFlags), ''].join('\n')],
    ...pages,
  ]);
}

function commandPage({ name, summary, takes, about, aliases = [], examples, flags }: Command): string {
  const usage = ['lockstep', name, ...(takes === undefined ? [] : [takes]), '[FLAGS]'].join(' ');
  const width = Math.max(...examples.map(([command]) => command.length));
  return [
    `# lockstep ${name}`,
    '',
    generatedFrom('src/cli/commands.ts'),
    '',
    `**${summary[0]?.toUpperCase()}${summary.slice(1)}.** ${about}`,
    '',
    '```',
    usage,
    '```',
    ...(aliases.length === 0 ? [] : ['', `Also understood: ${aliases.map((alias) => `\`${alias}\``).join(', ')}.`]),
    '',
    '## Examples',
    '',
    '```sh',
    ...examples.map(([command, what]) => `${command.padEnd(width)}  # ${what}`),
    '```',
    '',
    '## Flags',
    '',
    ...(flags.length === 0 ? [] : [...flagRows(flags), '']),
    'The [flags of every command](README.md#flags-of-every-command) are understood too.',
    '',
  ].join('\n');
}

function lossesPage(): string {
  const rows = Object.entries<string>(losses).map(([name, becomes]) => `| \`${name}\` | ${cell(becomes)} |`);
  return [
    '# Losses',
    '',
    generatedFrom('src/neutral/losses.ts'),
    '',
    'What may not reach another engine as it is ([copying](../replicate.md)). Nothing of it happens unless `--allow-lossy NAME` allows it.',
    '',
    '| name | what becomes of it |',
    '|---|---|',
    ...rows,
    '',
  ].join('\n');
}

function flagRows(flags: readonly Flag[]): readonly string[] {
  return ['| flag | what it does |', '|---|---|', ...flags.map((flag) => `| ${flagText(flag)} | ${cell(flagMeaning(flag))} |`)];
}

function flagText({ name, short, value, bare }: Flag): string {
  const given = value === undefined ? '' : bare === undefined ? ` ${value}` : `[=${value}]`;
  const long = name.length === 1 ? [] : [`--${name}`];
  const names = [...(short === undefined ? [] : [`-${short}`]), ...long];
  return cell(names.map((one, i) => `\`${one}${i === names.length - 1 ? given : ''}\``).join(', '));
}

function flagMeaning({ summary, choices, repeatable }: Flag): string {
  const oneOf = choices === undefined ? '' : `; one of ${choices.map((choice) => `\`${choice}\``).join(', ')}`;
  return `${summary}${oneOf}${repeatable === true ? '; may be repeated' : ''}`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;');
}

function generatedFrom(file: string): string {
  return `<!-- Made from ${file} by \`npm run docs\`. -->`;
}

/** What stands in the generated folders now. */
function standing(folders: readonly string[]): Pages {
  const paths = folders.flatMap((folder) =>
    existsSync(join(root, folder)) ? readdirSync(join(root, folder)).map((name) => `${folder}/${name}`) : [],
  );
  return new Map(paths.map((path) => [path, readFileSync(join(root, path), 'utf8')]));
}

const wanted = new Map([
  ...errorPages(),
  ...commandPages(),
  ['docs/changes/README.md', changesPage()],
  ['docs/losses/README.md', lossesPage()],
]);
const found = standing([...new Set([...wanted.keys()].map(dirname))]);
const differing = [...wanted].filter(([path, text]) => found.get(path) !== text).map(([path]) => path);
const unwanted = [...found.keys()].filter((path) => !wanted.has(path));

if (process.argv.includes('--check')) {
  for (const path of [...differing, ...unwanted]) console.error(`${path} is not what the source says`);
  if (differing.length + unwanted.length > 0) {
    console.error('fix: npm run docs');
    process.exitCode = 1;
  }
} else {
  for (const path of differing) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), wanted.get(path) ?? '');
  }
  for (const path of unwanted) rmSync(join(root, path));
  console.log(`${wanted.size} pages, ${differing.length} written, ${unwanted.length} removed`);
}
