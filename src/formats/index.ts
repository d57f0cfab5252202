/** Floor 5: how a kind of migration file is read and written. Pure; code is run by whoever loads it. */
import type { Format } from '../contracts/index.ts';
import { code } from './code.ts';
import { ini } from './ini.ts';
import { sql } from './sql.ts';
import { xml } from './xml.ts';
import { yaml } from './yaml.ts';

export { commentsIn } from './comments.ts';
export type { WriteOptions, WrittenDown } from './file-spec.ts';
export { isFixtureText, readFixture } from './fixture.ts';
export { at as inFixture, type FixtureHead, type FixtureText, headDirectives, readDirectives } from './fixture-head.ts';
export { isManifest, manifestNames, readManifest } from './manifest.ts';
export { withUpdate } from './manifest-edit.ts';
export { commentIn, writerOf, writtenFormats } from './write.ts';

/** The formats that come with the package; the first whose ending fits is taken. */
export const builtInFormats: readonly Format[] = [sql, code, yaml, xml, ini];
