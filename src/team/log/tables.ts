import type { Engine } from '../../contracts/index.ts';
import type { ListedMigration } from '../../sources/index.ts';

/** The module under which the log's own table is migrated. */
export const logModule = 'lockstep_team';
export const logTable = 'lockstep_team_event';

const events = `up:
  - createTable:
      name: ${logTable}
      columns:
        - { name: seq, type: bigint, primaryKey: true }
        - { name: at, type: string, length: 30, nullable: false }
        - { name: actor, type: string, length: 254, nullable: false }
        - { name: kind, type: string, length: 40, nullable: false }
        - { name: data, type: text, nullable: false }
        - { name: hash, type: string, length: 64, nullable: false }
`;

/** The migrations that make the log on an engine. Nothing where the engine cannot keep a table from being changed. */
export function logMigrations({ guard }: Engine): readonly ListedMigration[] | undefined {
  if (guard === undefined) return undefined;
  const only = guard.appendOnly(logTable).map((statement) => `${statement};\n`);
  return [
    { name: '001_events.yaml', module: logModule, text: events },
    { name: '002_only_added', module: logModule, sql: only.join('') },
  ];
}
