/** Floor 5: how a kind of migration file is read and written. Pure; code is run by whoever loads it. */
import type { Format } from '../contracts/index.ts';
import { code, writeTs } from './code.ts';
import { ini, writeIni } from './ini.ts';
import { sql } from './sql.ts';
import { writeXml, xml } from './xml.ts';
import { writeJson, writeYaml, yaml } from './yaml.ts';

export type { WriteOptions } from './file-spec.ts';
export { writeIni, writeJson, writeTs, writeXml, writeYaml };

/** The formats that come with the package; the first whose ending fits is taken. */
export const builtInFormats: readonly Format[] = [sql, code, yaml, xml, ini];
