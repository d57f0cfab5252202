import { Failure } from '../base/index.ts';
import type { GuardState } from '../contracts/index.ts';
import { ask, refusal } from '../runner/index.ts';
import { actor, inWorkplace, type Workplace } from './open.ts';
import { confirmProtected, type RunOptions } from './run.ts';
import { ownOpening } from './team/opened.ts';
import { readPlace } from './team/place.ts';

export interface GuardOptions extends RunOptions {
  readonly guard: 'on' | 'off' | 'status';
}

export interface GuardReport {
  readonly database: string;
  readonly server: string;
  /** The database can refuse structural statements by itself. */
  readonly canRefuse: boolean;
  /** What passes nevertheless; where nothing is refused, why, and how what others did is noticed. */
  readonly gaps: string;
  readonly on: boolean;
  /** This command has changed it. */
  readonly changed: boolean;
  readonly state?: GuardState;
}

/**
 * Puts up, takes away or looks at what makes the database itself refuse structural statements outside a check-out. Refuses to put it up
 * where the engine has no means for it, and says what is noticed there instead.
 */
export async function guard(options: GuardOptions): Promise<GuardReport> {
  const { guard: wanted } = options;
  return inWorkplace(options, { command: 'guard', readOnly: wanted === 'status' }, async (workplace) => {
    const before = await look(workplace);
    if (wanted === 'status') return before;
    const texts = workplace.session.engine.guard?.structure;
    if (texts === undefined) {
      if (wanted === 'off') return before;
      throw new Failure('guard.unsupported', `${before.server} cannot refuse structural statements: ${before.gaps}`, {
        state: 'nothing was changed',
      });
    }
    if (before.on === (wanted === 'on')) return before;
    await confirmProtected(
      workplace,
      options,
      wanted === 'on' ? 'Structural statements outside a check-out would be refused.' : 'Structural statements of anybody would pass.',
    );
    await atOnce(workplace, wanted === 'on' ? texts.on(actor(options).by) : texts.off);
    const own = wanted === 'on' ? ownOpening(readPlace(workplace.project), actor(options).by) : undefined;
    if (own !== undefined) await workplace.session.connection.query(texts.open(own));
    return { ...(await look(workplace)), changed: true };
  });
}

async function look({ session, database }: Workplace): Promise<GuardReport> {
  const { engine, server, connection } = session;
  const texts = engine.guard?.structure;
  const state = texts === undefined ? undefined : await ask(connection, texts.state());
  return {
    database: database.target.shown,
    server: server.title,
    canRefuse: texts !== undefined,
    gaps: engine.guard?.gaps ?? 'what others change is seen as drift',
    on: state !== undefined,
    changed: false,
    ...(state === undefined ? {} : { state }),
  };
}

/** Sends statements as one transaction: all of it is there afterwards, or nothing. */
async function atOnce({ session }: Workplace, statements: readonly string[]): Promise<void> {
  const { connection, engine } = session;
  await connection.query(engine.session.begin);
  try {
    for (const sql of statements) await connection.query(sql);
    await connection.query(engine.session.commit);
  } catch (error) {
    await connection.query(engine.session.rollback).catch(() => undefined);
    throw refusal(session, error, {
      what: 'the guard cannot be put up or taken away',
      grant: ['run it as a superuser, or as the admin role of the cloud: event triggers are theirs', 'lockstep guard on --url URL'],
    });
  }
}
