import type { GuardTexts } from '../../contracts/index.ts';
import { quote } from './quote.ts';

/** How a table is kept. Against other programs nothing protects the structure: https://www.sqlite.org/security.html */
export const guard: GuardTexts = {
  appendOnly: (table) =>
    ['UPDATE', 'DELETE'].map(
      (verb) =>
        `CREATE TRIGGER ${quote.identifier(`${table}_no_${verb.toLowerCase()}`)} BEFORE ${verb} ON ${quote.identifier(table)} BEGIN SELECT RAISE(ABORT, 'rows are only ever added to this table'); END`,
    ),
  gaps: 'whoever may write the file may change its structure; what others change is seen as drift',
};
