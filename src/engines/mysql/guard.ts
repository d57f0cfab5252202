import type { GuardTexts } from '../../contracts/index.ts';
import { quote } from './quote.ts';
import { trail } from './trail.ts';

/** How a table is kept. TRUNCATE fires no trigger: https://mariadb.com/kb/en/trigger-overview/ */
export const guard: GuardTexts = {
  appendOnly: (table) =>
    ['UPDATE', 'DELETE'].map(
      (verb) =>
        `CREATE TRIGGER ${quote.identifier(`${table}_no_${verb.toLowerCase()}`)} BEFORE ${verb} ON ${quote.identifier(table)} FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'rows are only ever added to this table'`,
    ),
  trail,
  gaps: 'a statement of structure takes effect at once for everybody, and no right can be taken from a session that is open; what others change is seen as drift, and in the binary log where that can be read',
};
