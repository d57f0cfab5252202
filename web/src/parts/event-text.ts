import type { Recorded } from '../api/client.ts';

/** What happened, as a sentence. A kind that is newer than this page is told by its name. */
export function eventText({ actor, event }: Recorded): string {
  switch (event.kind) {
    case 'checkout.taken':
      return `${event.by} checked out ${event.scope === 'all' ? 'the structure' : event.scope.slice(7)}: ${event.message}`;
    case 'checkout.extended':
      return `${actor} prolonged check-out ${event.checkout} until ${new Date(event.until).toLocaleString()}`;
    case 'checkout.expired':
      return `the time of check-out ${event.checkout} was over`;
    case 'checkout.ended':
      return `check-out ${event.checkout} ended: ${event.how.replaceAll('-', ' ')} by ${event.by}${event.reason === undefined ? '' : ` (${event.reason})`}`;
    case 'queue.joined':
      return `${event.by} stands in line`;
    case 'queue.left':
      return `${actor} left the line`;
    case 'checkin.prepared':
      return `${actor} began to check in: ${event.message}`;
    case 'checkin.dropped':
      return `${actor} broke a check-in off`;
    case 'announced':
      return `${event.by} checked in version ${event.number}: ${event.message}`;
    case 'withdrawn':
      return `${event.by} withdrew version ${event.number}: ${event.reason}`;
    case 'deployed':
      return `version ${event.number} is on ${event.database}`;
    case 'mismatched':
      return `version ${event.number} has another text on ${event.database}`;
    case 'draft.kept':
      return `${event.by} could not check in “${event.message}”; it is kept as draft ${event.draft}`;
    case 'review.commented':
      return `${event.by} on ${event.migration}: ${event.text}`;
    case 'review.given':
      return event.verdict === 'approved' ? `${event.by} approved ${event.migration}` : `${event.by} wants changes to ${event.migration}`;
    case 'update.started':
      return `${event.by} started an update of ${event.database}`;
    case 'update.ended':
      return `the update ended: ${event.outcome}${event.applied.length === 0 ? '' : `, applied ${event.applied.join(', ')}`}${event.message === undefined ? '' : ` (${event.message})`}`;
    case 'user.added':
      return `${actor} added ${event.user} as ${event.role}`;
    case 'user.changed':
      return `${actor} made ${event.user} ${event.role}`;
    case 'user.removed':
      return `${actor} removed ${event.user}`;
    case 'key.added':
      return `${actor} made a key for ${event.user}: ${event.label}`;
    case 'key.revoked':
      return `${actor} revoked the key ${event.key}`;
    case 'setup.offered':
      return 'the first admin may be made by a token';
    case 'setup.used':
      return `${actor} became the first admin`;
    case 'access.refused':
      return `access refused ${event.times} times from ${event.from}: ${event.why}`;
    default:
      return (event as { readonly kind: string }).kind;
  }
}
