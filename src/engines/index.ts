/** Floor 5: one folder an engine, all of one shape. Text in, text out: nothing here talks to a database. */
import type { Engine } from '../contracts/index.ts';
import { mysql } from './mysql/index.ts';
import { postgres } from './postgres/index.ts';
import { sqlite } from './sqlite/index.ts';

/** The engines that come with the package. */
export const builtInEngines: readonly Engine[] = [sqlite, postgres, mysql];
