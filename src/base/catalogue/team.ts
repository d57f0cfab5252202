import type { CatalogueEntry } from './entry.ts';

/** Codes for check-outs, announcements, users and keys. */
export const team = {
  'checkout.held': {
    exit: 4,
    title: 'Somebody else has checked the structure out',
    explain:
      'One person at a time changes the structure, or that of a module. The message names who holds it, where, since when and why. ' +
      'It is free again when they check in or release it, when its time is over, or when a lead or an admin takes it over.',
    fix: ['lockstep checkout --wait', 'lockstep locks'],
  },
  'checkout.queued': {
    exit: 4,
    title: 'Somebody stands in line for the check-out',
    explain:
      'The check-out is free, but whoever stands first in line gets it. Who waits keeps asking; who stops asking for half a minute is passed over.',
    fix: ['lockstep checkout --wait'],
  },
  'checkout.changed': {
    exit: 4,
    title: 'The check-out to be taken over is not the one that is held',
    explain: 'A take-over names the check-out that it ends, so that one which was taken in between is never ended by accident.',
    fix: ['lockstep locks'],
  },
  'checkout.undeployed': {
    exit: 3,
    title: 'An announced version is not deployed yet',
    explain:
      'What was checked in last exists only as a file until the server has applied it. Whoever changed the structure now would start from ' +
      'something that the others do not have.',
    fix: ['POST /api/v1/update', 'lockstep team status'],
  },
  'checkout.moved': {
    exit: 4,
    title: 'The server has moved on in the middle of the check-out',
    explain:
      'The working copy was compared with what the server had a moment ago. The command tries again by itself; it gives up when this happens over and over.',
    fix: ['lockstep checkout'],
  },
  'checkout.behind': {
    exit: 3,
    title: 'The database here lacks what the server has',
    explain: 'A change of the structure starts from what everybody has. The message names what is missing here, or has another text here.',
    fix: ['git pull', 'lockstep up'],
  },
  'checkout.ahead': {
    exit: 3,
    title: 'The database here has what the server does not know',
    explain: 'Migrations were applied here that were never deployed to the server. They must come there first, or be taken back here.',
    fix: ['deploy them to the server', 'lockstep down'],
  },
  'checkout.drift': {
    exit: 3,
    title: 'The database has differences that no migration explains',
    explain:
      'Whatever differs from what the history says at check-in becomes the new version. What differed before would be taken for part of it, ' +
      'so it is settled first, or taken along on purpose.',
    fix: ['lockstep drift', 'lockstep checkout --with-drift'],
  },
  'checkin.unproven': {
    exit: 2,
    title: 'The edited migration does not say what is here',
    explain:
      'The text given in place of the proposed migration is run on a scratch database, up from the structure that the history says and back ' +
      'again. It must make exactly the structure of this database, names of keys and indexes included, because it counts as applied here; and ' +
      'its way back must lead to the structure before. The sentence names what it lacks, makes otherwise, or makes too much.',
    fix: ['lockstep checkin --dry-run', 'take the proposed text and change only what it does with rows'],
  },
  'checkin.empty': {
    exit: 3,
    title: 'Nothing was changed under the check-out',
    explain: 'The structure is what the history says, so there is nothing to make a version of.',
    fix: ['lockstep release', 'lockstep checkin --allow-empty'],
  },
  'checkin.begun': {
    exit: 3,
    title: 'A check-in has begun and must be finished',
    explain:
      'The migration is written and marked as applied here, and the server does not know it yet. Giving the check-out up now would leave it behind.',
    fix: ['lockstep checkin'],
  },
  'checkin.pending': {
    exit: 3,
    title: 'Migrations are pending in the middle of a check-in',
    explain: 'What was changed is told apart from what migrations do only when all of them are applied here.',
    fix: ['lockstep status', 'lockstep up'],
  },
  'checkin.outside-scope': {
    exit: 3,
    title: 'More was changed than was checked out',
    explain: 'The check-out is of one module, and the database differs also in tables that do not belong to it. The message names them.',
    fix: ['take those changes back', 'lockstep checkout --scope all'],
  },
  'checkout.not-yours': {
    exit: 4,
    title: 'The check-out belongs to somebody else',
    explain: 'Only the working copy that took a check-out can extend, release or check it in.',
    fix: ['lockstep locks'],
  },
  'checkout.none': {
    exit: 3,
    title: 'This working copy has nothing checked out',
    explain: 'Changes of the structure are made between `checkout` and `checkin`. A check-out belongs to the working copy that took it.',
    fix: ['lockstep checkout'],
  },
  'checkout.lost': {
    exit: 4,
    title: 'The check-out was lost',
    explain:
      'It was taken over, cancelled, or its time ran out and somebody else took it. What was changed is still in the database here; ' +
      'it is kept as a draft and can be brought in under a new check-out.',
    fix: ['lockstep team status', 'lockstep checkout'],
  },
  'checkin.unprepared': {
    exit: 3,
    title: 'The check-in was not begun',
    explain:
      'A check-in has two phases: the server agrees, the file is written, and then it is announced. The second was asked for without the first.',
    fix: ['lockstep checkin'],
  },
  'record.no-key': {
    exit: 3,
    title: 'Rows of a table without a primary key cannot be recorded',
    explain:
      'Which row was changed, and which is new, is told by the primary key. The tables are those of `record.data` in the configuration.',
    fix: ['give the table a primary key', 'take the table out of record.data'],
  },
  'record.too-many': {
    exit: 3,
    title: 'The tables of data hold too many rows to be recorded',
    explain:
      'Rows of tables of data are written down at the check-out: at most 100 000, of 64 MB. They are meant for what belongs to a program, such as its settings.',
    fix: ['take the largest table out of record.data'],
  },
  'record.no-name': {
    exit: 3,
    title: 'Nothing says which row it is on another database',
    explain:
      'A key that the database gives is another one on every database. A row with such a key can be changed, deleted or pointed to by a migration only ' +
      'by its name, which a migration gives it.',
    fix: [
      'name the row in a migration of its own, where it has the same key everywhere: upsert with "@"',
      'take the table out of record.data',
    ],
  },
  'record.refused': {
    exit: 3,
    title: 'The changes of rows cannot be made into a migration',
    explain: 'They were tried on a scratch database, together with those of the structure, there and back, and do not arrive.',
    fix: ['check in the structure and the rows one after the other'],
  },
  'draft.unknown': {
    exit: 3,
    title: 'There is no draft of that number',
    explain: 'A draft is what somebody had changed whose check-out was lost before it was checked in. They are numbered from 1.',
    fix: ['lockstep team drafts'],
  },
  'review.own': {
    exit: 3,
    title: 'Nobody approves their own migration',
    explain: 'An approval says that somebody else has read it. Changes of one’s own can be asked for, and said.',
    fix: ['ask somebody else with the role reviewer'],
  },
  'review.needed': {
    exit: 3,
    title: 'A migration is not approved by enough people',
    explain:
      'The configuration wants approvals before anything runs on a protected database: `review: { approvals, destructive }`, more where something is destroyed. ' +
      'An approval is of a text: whoever edits the migration clears it.',
    fix: ['lockstep serve   the page of the migration takes approvals'],
  },
  'announce.mismatch': {
    exit: 3,
    title: 'A version exists with another text',
    explain:
      'The server was told of a migration with a checksum, and now there is another one under the same name. One of the two is wrong.',
    fix: ['lockstep team status', 'put the file back as it was announced'],
  },
  'announce.taken': {
    exit: 3,
    title: 'A migration of that name is announced already',
    explain: 'Two migrations cannot bear one id. The message names the version and who announced it.',
    fix: ['give the file another name'],
  },
  'announce.unknown': {
    exit: 3,
    title: 'There is no version of that number',
    explain: 'Versions are numbered by the server, from 1 and without a gap.',
    fix: ['lockstep team status'],
  },
  'announce.deployed': {
    exit: 3,
    title: 'A deployed version cannot be withdrawn',
    explain: 'A version can be withdrawn while it exists only as an announcement. What a database has had is taken back by a migration.',
    fix: ['lockstep new NAME'],
  },
  'user.name': {
    exit: 64,
    title: 'That cannot be the name of a user',
    explain: 'A user is called by an address or a plain word: letters, digits and . _ % + @ -, at most 254 characters.',
    fix: ['lockstep users add alice@example.org --role developer'],
  },
  'user.taken': {
    exit: 3,
    title: 'A user of that name is there already',
    explain: 'Names of users are unique. A second key for the same person is made by `lockstep keys add`.',
    fix: ['lockstep users list'],
  },
  'user.unknown': {
    exit: 3,
    title: 'There is no user of that name',
    explain: 'The server knows only the users that an admin has added.',
    fix: ['lockstep users list'],
  },
  'user.last-admin': {
    exit: 3,
    title: 'The last admin must stay',
    explain: 'Without an admin nobody could add users or change roles any more.',
    fix: ['lockstep users role SOMEBODY admin'],
  },
  'key.scope': {
    exit: 64,
    title: 'A key cannot be good for that',
    explain: 'A key for a machine can be good for `look`, for `update`, or for `update:ENVIRONMENT`.',
    fix: ['lockstep keys add --scope update:staging'],
  },
  'key.expired': {
    exit: 64,
    title: 'The end of the key lies in the past',
    explain: 'A key can end at a time, which must lie ahead.',
    fix: ['lockstep keys add --for 90d'],
  },
  'key.unknown': {
    exit: 3,
    title: 'There is no such key',
    explain: "Keys are named by the part before the secret, which `lockstep keys list` shows. Others' keys are an admin's business.",
    fix: ['lockstep keys list'],
  },
  'setup.done': {
    exit: 3,
    title: 'The first admin cannot be made by this link',
    explain: 'The link that the server prints at its first start is good once and for a quarter of an hour. After that, admins add users.',
    fix: ['start the server again', 'lockstep users add EMAIL --role developer'],
  },
  'team.unauthorised': {
    exit: 3,
    title: 'The server does not know the key',
    explain: 'The key is wrong, was revoked, or its time is over. Which of these it is, the server tells only its own log.',
    fix: ['lockstep login URL --key-file FILE', 'ask an admin for a new key'],
  },
  'team.forbidden': {
    exit: 3,
    title: 'The role is not enough',
    explain:
      'Each call needs a role: viewer, developer, reviewer, lead or admin. A key for a machine is good only for what it was made for.',
    fix: ['ask an admin: lockstep users role EMAIL lead'],
  },
  'team.too-many': {
    exit: 4,
    title: 'Too many requests',
    explain: 'The server answers so many requests of one key, and so many wrong keys from one address, in a minute.',
    fix: ['wait a minute'],
  },
  'team.bad-request': {
    exit: 64,
    title: 'The server cannot read the request',
    explain: 'The body is no JSON, is too large, or a property is unknown or of the wrong type. The message names the property.',
    fix: ['GET /openapi.json describes every call'],
  },
  'team.too-large': {
    exit: 64,
    title: 'The request is too large',
    explain: 'The largest thing that the server takes is a draft of a million characters.',
    fix: ['GET /openapi.json describes every call'],
  },
  'team.unknown-call': {
    exit: 64,
    title: 'The server has no such call',
    explain:
      'The path or the method is unknown to this version of the server. A newer client may ask for what an older server does not have.',
    fix: ['GET /openapi.json lists all', 'lockstep doctor'],
  },
  'team.unreachable': {
    exit: 6,
    title: "The team's server cannot be reached",
    explain:
      'Nothing answers at the address, or what answers is no server of Lockstep. Whether the request arrived is not known; asking again does no harm.',
    fix: ['lockstep doctor', 'lockstep login URL --key-file FILE'],
  },
  'team.no-server': {
    exit: 78,
    title: 'This working copy belongs to no server',
    explain: 'Users, keys and deployment are matters of a server. Check-outs of one person work without.',
    fix: ['lockstep login URL --key-file FILE', 'lockstep serve'],
  },
  'team.log-damaged': {
    exit: 2,
    title: 'The log of the team is not what was written',
    explain:
      'Each event is chained to the one before it by a hash. Here one was changed, left out or added by something else than Lockstep. ' +
      'The server does not go on from it: what it would say of check-outs and rights could be wrong.',
    fix: ['bring the database of the server back from a backup', 'lockstep audit --verify'],
  },
  'team.busy': {
    exit: 4,
    title: 'The log of the team is written to by too many at once',
    explain:
      'Every decision is made on the newest state and written only if nobody wrote meanwhile. This one was made anew over and over and never came through.',
    fix: ['try again'],
  },
  'checkout.required': {
    exit: 3,
    title: 'The project wants a check-out first',
    explain:
      'With `checkouts: "required"` in the configuration a migration that nobody has announced runs only under a check-out: so every change of the ' +
      'structure has one holder and a version. Writing files with `new` is free. With "advisory" it runs, with this as a warning.',
    fix: ['lockstep checkout -m WHY', 'git pull'],
  },
  'guard.refused': {
    exit: 3,
    title: 'The structure is checked in',
    explain:
      'A structural statement was refused because this working copy has not checked the structure out. Statements that read or change rows are never refused.',
    fix: ['lockstep checkout -m WHY'],
  },
  'guard.unsupported': {
    exit: 3,
    title: 'This database cannot refuse structural statements',
    explain:
      'PostgreSQL and PGlite can refuse them by event triggers. MariaDB, MySQL and SQLite have nothing of the kind: there, what others change is noticed as ' +
      'drift, and `lockstep sql` refuses what it is given outside a check-out.',
    fix: ['lockstep drift', 'checkouts: "required" in the configuration'],
  },
  'guard.damaged': {
    exit: 1,
    title: 'The guard of the database is not as it was put up',
    explain: 'Somebody has dropped, changed or switched off a part of it. What it is meant to refuse may pass.',
    fix: ['lockstep guard off', 'lockstep guard on'],
  },
  'sql.failed': {
    exit: 2,
    title: 'The database refused a statement',
    explain:
      'What the database said stands beside it. The statements before it have happened, each by itself, unless they stand in a transaction that was begun: ' +
      'that one is rolled back when the connection ends.',
    fix: ['correct the statement, then say it and those behind it again'],
  },
} as const satisfies Readonly<Record<string, CatalogueEntry>>;
