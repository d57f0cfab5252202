import type { CommonOptions } from './options.ts';
import { collectMigrations, fixtureFiles, openProject } from './project.ts';

/** The text of a migration's file, and of the file of its way back where that is another one; nothing where no file is of this id. */
export async function textOf(
  options: CommonOptions,
  id: string,
): Promise<{ readonly text: string; readonly downText?: string } | undefined> {
  const { migrations } = await collectMigrations(await openProject(options), options);
  const found = migrations.find((one) => one.id === id);
  if (found === undefined) return undefined;
  return { text: found.file.text, ...(found.downFile === undefined ? {} : { downText: found.downFile.text }) };
}

/** What of a file of fixtures is shown: millions of rows are nobody's reading. */
const mostShown = 20_000;

/** The beginning of a file of fixtures, by the name that lists give it; nothing for a file that is none. Rows in a CSV beside it are not part of it. */
export async function fixtureText(
  options: CommonOptions,
  file: string,
): Promise<{ readonly text: string; readonly more: boolean } | undefined> {
  const found = (await fixtureFiles(await openProject(options), options)).find((one) => one.file.path === file);
  if (found === undefined) return undefined;
  const { text } = found.file;
  return { text: text.slice(0, mostShown), more: text.length > mostShown || found.bytes !== undefined };
}
