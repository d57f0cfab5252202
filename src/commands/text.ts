import type { CommonOptions } from './options.ts';
import { collectMigrations, openProject } from './project.ts';

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
