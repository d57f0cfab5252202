/** Floor 5: how a kind of migration file is read and written. Pure; code is run by whoever loads it. */
import type { Format } from '../contracts/index.ts';
import { code, writeTs } from './code.ts';
import { sql } from './sql.ts';
import { writeJson, writeYaml, yaml } from './yaml.ts';

export type { WriteOptions } from './yaml.ts';
export { writeJson, writeTs, writeYaml };

/** The formats that come with the package; the first whose ending fits is taken. */
export const builtInFormats: readonly Format[] = [sql, code, yaml];
