import type { GuardTexts } from '../../contracts/index.ts';
import { quote } from './quote.ts';

/** How a table is kept. TRUNCATE fires no trigger: https://mariadb.com/kb/en/trigger-overview/ */
export const guard: GuardTexts = {
  appendOnly: (table) =>
    ['UPDATE', 'DELETE'].map(
      (verb) =>
        `CREATE TRIGGER ${quote.identifier(`${table}_no_${verb.toLowerCase()}`)} BEFORE ${verb} ON ${quote.identifier(table)} FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'rows are only ever added to this table'`,
    ),
};
