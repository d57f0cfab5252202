import { configuration } from './catalogue/configuration.ts';
import { database } from './catalogue/database.ts';
import { files } from './catalogue/files.ts';
import { replicate } from './catalogue/replicate.ts';
import { running } from './catalogue/running.ts';
import { team } from './catalogue/team.ts';
import { usage } from './catalogue/usage.ts';

export type { CatalogueEntry } from './catalogue/entry.ts';

/**
 * Every error code: its exit code, what it means and what helps. `lockstep explain CODE` and docs/errors are made of it.
 * Exit codes: 0 done · 1 a check found something · 2 failed · 3 refused by policy · 4 busy · 5 needs an answer
 * · 6 cannot reach · 64 usage · 65 bad migration file · 70 a bug · 78 bad configuration · 130 interrupted.
 */
export const catalogue = { ...usage, ...configuration, ...database, ...files, ...running, ...replicate, ...team } as const;

export type Code = keyof typeof catalogue;
