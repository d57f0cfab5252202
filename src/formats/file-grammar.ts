import { jsonSchema } from './json-schema.ts';
import { type Grammar, grammarOf } from './spelling.ts';

/** The grammar of a migration file, by which texts are understood; made once, with the first file that needs it. */
export const fileGrammar: Grammar = grammarOf(jsonSchema());
