import type { Finding } from '../diff/index.ts';
import { formatName, type QualifiedName, type Schema, tablesOf } from '../schema/index.ts';
import type { Covered } from './exceptions.ts';
import type { Project } from './project.ts';

/** The patterns of the configuration by which tables are tables of data. */
export function dataPatterns({ config }: Project): readonly string[] {
  return config.record?.data ?? [];
}

/** Whether the rows of a table are recorded. */
export function isData(name: QualifiedName, project: Project): boolean {
  return !name.name.startsWith('lockstep_') && isRecorded(name, project) && isMeant(name, dataPatterns(project));
}

/** Whether anything of a table is recorded: it is included, and not excluded. */
export function isRecorded(name: QualifiedName, { config: { record = {} } }: Pick<Project, 'config'>): boolean {
  const { include, exclude = [] } = record;
  return (include === undefined || isMeant(name, include)) && !isMeant(name, exclude);
}

/** Whether a pattern means a table: the whole name is meant, with its namespace or without. */
function isMeant(name: QualifiedName, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => {
    const escaped = pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*');
    const whole = new RegExp(`^(?:${escaped})$`, 'su');
    return whole.test(name.name) || whole.test(formatName(name));
  });
}

/** The findings in tables of which nothing is recorded, as if an exception covered them. */
export function unrecorded(all: readonly Finding[], schemas: readonly Schema[], project: Project): readonly Covered[] {
  if (project.config.record?.include === undefined && project.config.record?.exclude === undefined) return [];
  const left = schemas.flatMap(tablesOf).filter(({ name }) => !isRecorded(name, project));
  const names = [...new Set(left.map(({ name }) => formatName(name)))];
  return all.flatMap((finding) => {
    const what = finding.key.slice(finding.key.indexOf(' ') + 1);
    const table = names.find((name) => what === name || what.startsWith(`${name}/`));
    return table === undefined
      ? []
      : [{ finding, by: { ignore: table, until: '9999-12-31', why: 'the configuration does not record this table' } }];
  });
}
