/** Floor 5: how a kind of migration file is read and written. Pure; code is run by whoever loads it. */
import type { Format } from '../contracts/index.ts';
import { code } from './code.ts';
import { sql } from './sql.ts';
import { yaml } from './yaml.ts';

export { type WriteOptions, writeJson, writeYaml } from './yaml.ts';

/** The formats that come with the package; the first whose ending fits is taken. */
export const builtInFormats: readonly Format[] = [sql, code, yaml];
