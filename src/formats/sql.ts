import { closest, Failure, lineStarts, placeAt, together } from '../base/index.ts';
import type { Format, Parsed, Part } from '../contracts/index.ts';
import type { Header, Migration, SourceFile } from '../migration/index.ts';

/**
 * SQL files. Lines `-- lockstep:up`, `-- lockstep:down` and `-- lockstep:verify` begin sections; without them everything is `up`, and
 * a pair x.up.sql / x.down.sql holds one direction each. Other directives stand on lines of their own before or inside a section.
 */
export const sql: Format = {
  name: 'sql',
  extensions: ['sql'],

  header: (file) => headerOf(directivesIn(file)),

  read: (migration) => {
    const up = sectionsOf(migration.file);
    const down = migration.downFile === undefined ? undefined : sectionsOf(migration.downFile);
    const problems = [...up.problems, ...(down?.problems ?? []), ...conflicts(migration, up, down)];
    if (problems.length > 0) throw together(problems, (n) => `${n} directives of "${migration.file.path}" cannot be understood`);
    const downPart = down?.sections.up ?? up.sections.down;
    const irreversible = up.directives.find((directive) => directive.name === 'irreversible');
    const away: Parsed['down'] =
      irreversible === undefined
        ? downPart
        : { kind: 'irreversible', why: irreversible.value || 'the author says that there is no way back' };
    return {
      up: up.sections.up ?? { ...script(migration.file, 0, 0) },
      ...(away === undefined ? {} : { down: away }),
      ...(up.sections.verify === undefined ? {} : { verify: up.sections.verify }),
      transaction: {
        up: !isWithout(up, 'up'),
        down: down === undefined ? !isWithout(up, 'down') : !(isWithout(down, 'up') || isWithout(up, 'down')),
      },
    };
  },

  significant: (migration, tools) => {
    const up = sectionsOf(migration.file);
    const down = migration.downFile === undefined ? undefined : sectionsOf(migration.downFile);
    const text = (part: Part | undefined): string => (part?.kind === 'script' ? tools.tokens(part.text) : '');
    return {
      up: [text(up.sections.up), ...up.directives.filter((one) => one.section !== 'down').map(shown)].join('\n'),
      down: [
        text(down?.sections.up ?? up.sections.down),
        ...(down ?? up).directives.filter((one) => down !== undefined || one.section === 'down').map(shown),
      ].join('\n'),
    };
  },

  skeleton: (title) => `-- ${title}\n-- lockstep:up\n\n\n-- lockstep:down\n\n`,
};

const sectionNames = ['up', 'down', 'verify'] as const;
type SectionName = (typeof sectionNames)[number];
const settings = ['no-transaction', 'order', 'version', 'requires', 'installer', 'irreversible', 'keep', 'end-keep'] as const;

interface Directive {
  readonly name: string;
  readonly value: string;
  readonly offset: number;
  /** The line's end, behind the line break. */
  readonly end: number;
  readonly section: SectionName | undefined;
}

interface Sections {
  readonly directives: readonly Directive[];
  readonly sections: { readonly [K in SectionName]?: Part };
  readonly problems: readonly Failure[];
}

function directivesIn(file: SourceFile): readonly Directive[] {
  if (!file.text.includes('lockstep:')) return [];
  const found: Directive[] = [];
  let section: SectionName | undefined;
  for (const match of file.text.matchAll(/^[ \t]*--[ \t]*lockstep:([\w-]*)[ \t]*(.*?)[ \t]*(?:\r\n|\r|\n|$(?![\s\S]))/gm)) {
    const [line, name = '', value = ''] = match;
    section = sectionNames.find((known) => known === name) ?? section;
    found.push({ name, value, offset: match.index, end: match.index + line.length, section });
  }
  return found;
}

function headerOf(directives: readonly Directive[]): Header {
  const value = (name: string): string | undefined => directives.find((directive) => directive.name === name)?.value;
  const [version, order, requires] = [value('version'), value('order'), value('requires')];
  const covers = coveredBy(value('installer') ?? '');
  return {
    ...(version === undefined || version === '' ? {} : { version }),
    ...(order === undefined || !/^-?\d+$/.test(order) ? {} : { order: Number(order) }),
    ...(requires === undefined ? {} : { requires: namesIn(requires) }),
    ...(covers === undefined ? {} : { covers }),
  };
}

/** Names parted by commas or blanks; `core@>=1.2 <2` is one. */
function namesIn(value: string): readonly string[] {
  return value.split(/(?<![<>=\s,])[\s,]+(?![<>=\s,])/).filter((name) => name !== '');
}

/** `covers=v1_2` behind `lockstep:installer`. */
function coveredBy(value: string): string | undefined {
  return /^covers\s*=\s*(\S+)$/.exec(value)?.[1];
}

function sectionsOf(file: SourceFile): Sections {
  const directives = directivesIn(file);
  const problems: Failure[] = [];
  const marks = directives.filter((directive) => sectionNames.some((name) => name === directive.name));
  let starts: readonly number[] | undefined;
  const at = (offset: number): { readonly place: ReturnType<typeof placeAt>; readonly source: string } => {
    starts ??= lineStarts(file.text);
    return { place: placeAt(file.path, starts, offset), source: file.text };
  };
  for (const directive of directives) {
    const problem = problemWith(directive);
    if (problem !== undefined) problems.push(new Failure('migration.invalid', problem, at(directive.offset)));
  }
  const sections: { [K in SectionName]?: Part } = {};
  if (marks.length === 0) sections.up = script(file, 0, file.text.length);
  marks.forEach((mark, i) => {
    const name = mark.name as SectionName;
    if (sections[name] !== undefined) {
      problems.push(new Failure('migration.invalid', `the section "${name}" occurs twice`, at(mark.offset)));
      return;
    }
    sections[name] = script(file, mark.end, marks[i + 1]?.offset ?? file.text.length);
  });
  const first = marks[0];
  if (first !== undefined) {
    const stray = strayText(file.text.slice(0, first.offset));
    if (stray !== undefined) {
      problems.push(
        new Failure('migration.invalid', `this stands before "-- lockstep:${first.name}" and belongs to no section`, at(stray)),
      );
    }
  }
  return { directives: directives.filter((directive) => !marks.includes(directive)), sections, problems };
}

function problemWith({ name, value }: Directive): string | undefined {
  const known = [...sectionNames, ...settings];
  if (!known.some((candidate) => candidate === name)) {
    const near = closest(name, known);
    return `there is no directive "lockstep:${name}"${near === undefined ? '' : `; did you mean "lockstep:${near}"?`}`;
  }
  if (name === 'order' && !/^-?\d+$/.test(value)) return `"lockstep:order" needs a whole number, not "${value}"`;
  if (name === 'installer' && coveredBy(value) === undefined)
    return `"lockstep:installer" needs the version that it covers, covers=v1_2, not "${value}"`;
  if ((name === 'version' || name === 'requires') && value === '') return `"lockstep:${name}" needs a value`;
  if (name.endsWith('keep') && value !== '') return `"lockstep:${name}" stands alone on its line`;
  return undefined;
}

/** The offset of the first text that is neither white space nor a comment. */
function strayText(text: string): number | undefined {
  const rest = text.replace(/--.*|\/\*[\s\S]*?\*\//g, (comment) => ' '.repeat(comment.length));
  const at = rest.search(/\S/);
  return at < 0 || rest.charCodeAt(at) === 0xfeff ? undefined : at;
}

function script(file: SourceFile, start: number, end: number): Part & { readonly kind: 'script' } {
  return { kind: 'script', text: file.text.slice(start, end), file: file.path, offset: start, source: file.text };
}

function conflicts(migration: Migration, up: Sections, down: Sections | undefined): readonly Failure[] {
  if (down === undefined) return [];
  const extra = up.sections.down ?? down.sections.down ?? down.sections.verify;
  if (extra === undefined || extra.kind !== 'script') return [];
  return [
    new Failure('migration.invalid', `"${migration.id}" has a down file and a section of its own beside it; only one can hold`, {
      place: placeAt(extra.file, lineStarts(extra.source), extra.offset),
      source: extra.source,
    }),
  ];
}

function isWithout(sections: Sections, section: SectionName): boolean {
  return sections.directives.some(
    (directive) => directive.name === 'no-transaction' && (directive.section === undefined || directive.section === section),
  );
}

function shown(directive: Directive): string {
  return `lockstep:${directive.name} ${directive.value}`.trim();
}
