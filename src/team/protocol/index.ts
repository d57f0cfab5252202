/** The rules of working together, without any I/O: what was asked, what has happened before, and what follows. */
export { brokenAt, chained } from './chain.ts';
export {
  type AnnounceRequest,
  type AppliedThere,
  announce,
  announceFree,
  dropCheckin,
  keepDraft,
  type PrepareRequest,
  prepareCheckin,
  seenOn,
  withdraw,
} from './checkin.ts';
export {
  type CheckoutRequest,
  type CheckoutWorld,
  cancelCheckout,
  extendCheckout,
  type HolderRequest,
  isOver,
  leaveQueue,
  type MigrationRef,
  movedOn,
  releaseCheckout,
  type Standing,
  swept,
  takeCheckout,
} from './checkout.ts';
export { type Agreed, type Decision, moment, type Refused, type World } from './decision.ts';
export {
  type Announced,
  classOf,
  type Ending,
  type EventClass,
  eventClasses,
  type Recorded,
  type TeamEvent,
  type TeamEventKind,
  type WorkingCopy,
} from './event.ts';
export { addKey, addUser, changeRole, firstAdmin, judgedKey, offerSetup, removeUser, revokeKey } from './people.ts';
export { approvers, commentOn, judgeMigration, type ReviewOf } from './review.ts';
export { type Action, type Asker, actions, may, type Role, roles } from './roles.ts';
export { overlap, type Scope, scopeOf } from './scope.ts';
export {
  type Announcement,
  applied,
  type Checkout,
  type Draft,
  type Ended,
  type Key,
  noTeam,
  type Review,
  type TeamState,
  type Update,
  type User,
  type Waiting,
} from './state.ts';
