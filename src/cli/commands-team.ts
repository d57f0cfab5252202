import { flags } from './flags.ts';
import type { Command } from './spec.ts';

const message = { name: 'message', short: 'm', value: 'WHY', summary: 'what it is for, in a sentence' } as const;

/** Working together: check-outs, versions, users and the server. */
export const teamCommands: readonly Command[] = [
  {
    name: 'checkout',
    group: 'TEAM',
    summary: 'reserve the structure, to change it with any tool',
    flags: [
      message,
      { name: 'scope', value: 'SCOPE', summary: 'all (the default) or module:NAME' },
      { name: 'for', value: 'TIME', summary: 'for how long (2h); asking again prolongs it' },
      { name: 'take-over', summary: 'end the check-out of somebody else; for leads and admins' },
      { name: 'with-drift', summary: 'differences that are there already become part of the next check-in' },
      { name: 'by-token', summary: 'on a guarded database that several share: only sessions with the token pass' },
    ],
    examples: [
      ['lockstep checkout -m "orders: add coupons"', 'the structure is yours for two hours'],
      ['lockstep checkout --scope module:shop -m "prices"', 'only that of one module'],
      ['lockstep checkout --wait=10m -m "orders"', 'stands in line'],
      ['lockstep checkout --take-over -m "grace is on holiday"', 'with a reason, which is kept'],
    ],
    about:
      'One working copy at a time changes the structure. A check-out is refused while another holds it, while a version that was checked in ' +
      'is not deployed yet, and while the database here is behind or ahead of what the server has. Until the check-in any tool may be used. ' +
      'Without a server it is kept in this folder, for one person. Asked again by the same working copy it is prolonged; with --wait it stands in line where ' +
      'somebody else holds it.',
  },
  {
    name: 'checkin',
    group: 'TEAM',
    stops: true,
    summary: 'make a migration of what was changed, and announce it',
    flags: [
      message,
      { name: 'format', value: 'F', choices: ['sql', 'ts', 'js', 'yaml', 'json', 'xml', 'ini'], summary: 'how the migration is written' },
      {
        name: 'edited',
        value: 'FILE',
        summary: 'the migration of --dry-run as you have edited it; both its ways are proven before it counts',
      },
      { name: 'allow-empty', summary: 'end the check-out also where nothing was changed' },
      { name: 'dry-run', summary: 'show what would be recorded; nothing is written and the check-out stays' },
      ...flags('rename', 'drop', 'renames'),
    ],
    examples: [
      ['lockstep checkin -m "orders: add coupons"', 'a migration with a way back, and a version of the team'],
      ['lockstep checkin -m "split name" --rename users.name:full_name', 'a new name keeps the values elsewhere'],
      ['lockstep checkin --dry-run', 'what the migration would say'],
      ['lockstep checkin --edited mine.sql', 'with the text of a file in place of the proposed one'],
    ],
    about:
      'Compares the structure with what the history says it was, writes the difference as an ordinary migration with a way back, marks it as ' +
      'applied here and announces it to the server, which gives it the next version. Broken off at any point it is finished by the same ' +
      'command, with the same version. What others need is the file: commit and push it, then deploy it to the server.',
  },
  {
    name: 'release',
    group: 'TEAM',
    stops: true,
    summary: 'give my check-out up',
    flags: [{ name: 'restore', summary: 'take the structure back to what the history says' }],
    examples: [
      ['lockstep release', 'what was changed stays, as drift'],
      ['lockstep release --restore --yes', 'what was changed is taken back'],
    ],
    about:
      'Ends the check-out of this working copy without a version. With --restore the structure is taken back first, which can destroy rows of what was added.',
  },
  {
    name: 'locks',
    group: 'TEAM',
    summary: 'who holds what',
    flags: [],
    examples: [['lockstep locks', 'check-outs, who stands in line, updates that run']],
    about: 'Shows the check-outs with holder, place, since, until and reason, the line behind them, and what the server runs right now.',
  },
  {
    name: 'team',
    group: 'TEAM',
    summary: 'how the team stands: status, drafts, withdraw, cancel, leave',
    takes: '[status | drafts | draft N | withdraw N | cancel N | leave]',
    flags: [message, { name: 'purge', summary: 'with leave: destroy what the team has kept here too' }],
    examples: [
      ['lockstep team status', 'the server, me, check-outs, versions'],
      ['lockstep team drafts', 'what could not be checked in because the check-out was lost'],
      ['lockstep team draft 1 > lost.txt', 'the text of one'],
      ['lockstep team withdraw 8 -m "wrong approach"', 'a version that no database has'],
      ['lockstep team cancel 12 -m "forgotten"', "ends somebody's check-out"],
      ['lockstep team leave', 'forgets server and key in this working copy; what happened stays'],
      ['lockstep team leave --purge', 'destroys the history of a team without a server, and drafts, too'],
    ],
    about:
      'Versions are numbered by the server. One is announced until a database of the server has its migration with an equal checksum, and deployed from then on.',
  },
  {
    name: 'history',
    group: 'TEAM',
    summary: 'what has happened to the database, or in the team',
    flags: [
      { name: 'team', summary: 'check-outs, versions and updates of the team, in place of what happened to the database' },
      { name: 'limit', value: 'N', summary: 'how many, the newest (50)' },
    ],
    examples: [
      ['lockstep history --env prod', 'runs, failures and marks, newest first'],
      ['lockstep history --team', 'who checked out, checked in and deployed'],
    ],
    about: 'Reads the log of the database, to which every run and every mark adds a line and from which nothing is ever taken away.',
  },
  {
    name: 'login',
    group: 'TEAM',
    summary: 'pair this working copy with a server',
    takes: 'URL',
    flags: [{ name: 'key-file', value: 'FILE', summary: 'read the key from a file, or from standard input with -' }],
    examples: [['lockstep login http://127.0.0.1:7420 --key-file key.txt', 'asks the server who the key belongs to, then keeps it']],
    about:
      'The key is tried before anything is kept. It lies in .lockstep/team.json, which only you can read and git does not see. A key belongs to this working copy.',
  },
  {
    name: 'users',
    group: 'TEAM',
    summary: 'the users of the server: list, add, role, remove',
    takes: '[list | add NAME | role NAME ROLE | remove NAME]',
    flags: [
      {
        name: 'role',
        value: 'ROLE',
        choices: ['viewer', 'developer', 'reviewer', 'lead', 'admin'],
        summary: 'with add: what the user may do',
      },
      { name: 'key-out', value: 'FILE', summary: 'with add: write the first key to a file that only you can read, in place of showing it' },
      { name: 'server', value: 'URL', summary: 'the server, where this working copy has none' },
      { name: 'key-file', value: 'FILE', summary: 'the key, where this working copy has none' },
    ],
    examples: [
      ['lockstep users add ada@example.org --role developer', 'shows the first key, once'],
      ['lockstep users role ada@example.org lead', 'another role'],
      ['lockstep users remove ada@example.org', 'with all keys and check-outs'],
    ],
    about: 'Only admins may. Keys are never listed, and stored only as hashes.',
  },
  {
    name: 'keys',
    group: 'TEAM',
    summary: 'keys of people and machines: list, add, revoke',
    takes: '[list | add LABEL | revoke KEY]',
    flags: [
      { name: 'user', value: 'NAME', summary: 'with add: for somebody else; for admins' },
      { name: 'scope', value: 'SCOPE', repeatable: true, summary: 'with add: good for this only: look, update, update:ENVIRONMENT' },
      { name: 'for', value: 'TIME', summary: 'with add: for so long' },
      { name: 'key-out', value: 'FILE', summary: 'with add: write it to a file that only you can read' },
      { name: 'server', value: 'URL', summary: 'the server, where this working copy has none' },
      { name: 'key-file', value: 'FILE', summary: 'the key, where this working copy has none' },
    ],
    examples: [
      ['lockstep keys add ci --scope update:staging --for 90d', 'for a machine that deploys'],
      ['lockstep keys revoke lsk_0123456789ab', 'from now on good for nothing'],
    ],
    about: 'A key is shown once. What it is good for is the role of its user, or only what its scopes say.',
  },
  {
    name: 'audit',
    group: 'TEAM',
    summary: 'everything that has happened in the team',
    flags: [
      { name: 'class', value: 'CLASS', choices: ['state', 'version', 'update', 'security'], summary: 'only this class' },
      { name: 'verify', summary: 'whether the log is what was written' },
      { name: 'export', value: 'FILE', summary: 'write all of it to a file, an event a line' },
    ],
    examples: [
      ['lockstep audit --class security', 'keys, roles, refused accesses'],
      ['lockstep audit --verify', 'checks the chain of hashes'],
    ],
    about: 'For leads and admins. The log is only ever added to, and every event is chained to the one before it by a hash.',
  },
  {
    name: 'guard',
    group: 'TEAM',
    summary: 'let the database itself refuse structural statements outside a check-out',
    takes: '[on | off | status]',
    flags: [],
    examples: [
      ['lockstep guard on', 'psql and every other tool are refused until somebody checks out'],
      ['lockstep guard status', 'whether it is on, whole, and for whom it is open'],
      ['lockstep guard off', 'it is gone, with everything that it had made'],
    ],
    about:
      'PostgreSQL and PGlite refuse CREATE, ALTER, DROP, COMMENT, GRANT and the like by event triggers in a schema of their own, which no comparison and no dump of ' +
      'Lockstep shows. A check-out opens the database for every tool until it ends, with --by-token only for sessions that present its token; ' +
      'what runs as a migration always passes. Temporary tables are free, and statements that read or change rows are never looked at. Putting it ' +
      'up needs the right to create event triggers. MariaDB, MySQL and SQLite cannot refuse: the command says so, and what is noticed there.',
  },
  {
    name: 'recorded',
    group: 'TEAM',
    summary: 'the structural statements that were seen under my check-out',
    takes: '[drop N]',
    flags: [],
    examples: [
      ['lockstep recorded', 'who sent what, and by which program'],
      ['lockstep recorded drop 3', 'forgets one; what it changed stays changed'],
    ],
    about:
      'They are evidence and nothing more: what is recorded is the difference between the structures at check-out and check-in. The guard of PostgreSQL and PGlite sees every ' +
      'statement, the binary log of MariaDB and MySQL where this user may read it, and `lockstep sql` what goes through it. Passwords are left out.',
  },
  {
    name: 'sql',
    group: 'TEAM',
    summary: 'run SQL; what changes the structure needs a check-out',
    takes: '[STATEMENT]',
    flags: [{ name: 'file', short: 'f', value: 'FILE', summary: 'run the statements of a file, - for standard input' }],
    examples: [
      ['lockstep sql', 'a shell; \\q ends it'],
      ['lockstep sql "SELECT count(*) FROM orders"', 'one statement'],
      ['lockstep sql --file change.sql', 'stops at the first error, and says what ran'],
    ],
    about:
      'Statements that read or change rows always run. One that changes the structure is refused unless this working copy has checked the structure out, on every engine, and is ' +
      'written down for `lockstep recorded`. On a protected database the first statement that changes something must be confirmed. Each statement is committed by itself unless a ' +
      'transaction was begun; one that is left open is rolled back.',
  },
  {
    name: 'protect',
    group: 'TEAM',
    summary: 'mark a database as protected, in the database itself',
    takes: '[NAME]',
    flags: [
      { ...message, summary: 'why; kept in the history' },
      { name: 'off', summary: 'take the mark away' },
    ],
    examples: [
      ['lockstep protect shop-prod -m "live data" --env prod', 'from now on every change needs --confirm shop-prod'],
      ['lockstep protect --off -m "retired" --confirm shop-prod --env prod', 'not any more'],
    ],
    about:
      'A row in the history says that the database is protected and how it is called. Whoever changes it, from wherever and by whatever ' +
      'configuration, must name it: --confirm NAME, or by typing it. `protected: true` of an environment does the same for those who use that ' +
      'configuration.',
  },
  {
    name: 'serve',
    group: 'TEAM',
    stops: true,
    stopping: 'stopping: what runs is ended first; once more breaks it off',
    summary: "the team's server, and the web app",
    flags: [
      { name: 'port', value: 'N', summary: 'the port (7420); 0 for a free one' },
      { name: 'open', summary: 'open the web app in your browser' },
      { name: 'host', value: 'ADDRESS', summary: 'the address to listen on (127.0.0.1); any other needs TLS or --behind-proxy' },
      { name: 'name', value: 'NAME', repeatable: true, summary: 'a name by which the server is called from outside' },
      { name: 'tls-cert', value: 'FILE', summary: 'the certificate' },
      { name: 'tls-key', value: 'FILE', summary: 'its key' },
      { name: 'behind-proxy', summary: 'a proxy on this machine does TLS and says in X-Forwarded-For who asks' },
      { name: 'state', value: 'URL', summary: 'where the server keeps its own state: SQLite or PostgreSQL (.lockstep/team.db)' },
      { name: 'admin-key-file', value: 'FILE', summary: 'where there is no user yet: make an admin and write the key to this file' },
      {
        name: 'query-update',
        summary: 'also answer /update?action=update&email=…&auth-key=…, for old hooks; the key then stands in the address',
      },
      { name: 'access-log', summary: 'a line for every answer, on standard error' },
    ],
    examples: [
      ['lockstep serve --open', 'for one person, on this machine, without an account'],
      ['lockstep serve --port 7420 --admin-key-file admin.key', 'for a team'],
      ['lockstep serve --state postgres://localhost/lockstep', 'with its state in PostgreSQL'],
    ],
    about:
      'Keeps check-outs and versions, and applies what is missing on its databases when it is told to: POST /api/v1/update. Until there is a ' +
      'user only this machine may ask, and needs no key. GET /openapi.json describes every call.',
  },
];
