import { type ReactNode, useState } from 'react';
import type { Answer } from '../api/client.ts';
import { useAsk, useDo, useMay } from '../api/queries.ts';
import { Answered, Trouble } from '../parts/answers.tsx';
import { Ago, Badge, Button } from '../parts/basics.tsx';

type Review = Answer<'reviews'>[number];

interface DiscussionProps {
  readonly module: string;
  readonly migration: string;
  /** Of the text as it is now; approvals of another one do not count. */
  readonly checksum: string | undefined;
}

/** What people say of a migration, and who has approved it as it is. */
export function Discussion({ module, migration, checksum }: DiscussionProps): ReactNode {
  const query = useAsk('reviews', {});
  return (
    <Answered query={query}>
      {(reviews) => {
        const review = reviews.find((one) => one.module === module && one.migration === migration);
        return (
          <>
            <Verdicts review={review} checksum={checksum} />
            <Comments review={review} />
            <Say module={module} migration={migration} checksum={checksum} />
          </>
        );
      }}
    </Answered>
  );
}

function Verdicts({ review, checksum }: { readonly review: Review | undefined; readonly checksum: string | undefined }): ReactNode {
  const verdicts = review?.verdicts ?? [];
  if (verdicts.length === 0) return <p className="muted">Nobody has approved it yet.</p>;
  return (
    <ul className="timeline">
      {verdicts.map(({ by, at, verdict, checksum: of }) => {
        const isCleared = checksum !== undefined && of !== checksum;
        return (
          <li key={by}>
            <Ago at={at} />
            {isCleared ? (
              <Badge tone="quiet">cleared by an edit</Badge>
            ) : (
              <Badge tone={verdict === 'approved' ? 'good' : 'warn'}>{verdict === 'approved' ? '✔ approved' : 'wants changes'}</Badge>
            )}
            <div>
              {by} {isCleared ? `${verdict === 'approved' ? 'approved' : 'wanted changes to'} an earlier text` : ''}
            </div>
          </li>
        );
      })}
    </ul>
  );
}

function Comments({ review }: { readonly review: Review | undefined }): ReactNode {
  return (
    <ul className="timeline">
      {(review?.comments ?? []).map(({ by, at, text }) => (
        <li key={`${at}${by}`}>
          <Ago at={at} />
          <div>
            <b>{by}</b> <span style={{ whiteSpace: 'pre-wrap' }}>{text}</span>
          </div>
        </li>
      ))}
    </ul>
  );
}

function Say({ module, migration, checksum }: DiscussionProps): ReactNode {
  const [mayReview, mayComment] = [useMay('review'), useMay('checkin')];
  const comment = useDo('comment');
  const review = useDo('review');
  const [text, setText] = useState('');
  const judge = (verdict: 'approved' | 'changes'): void => {
    if (checksum !== undefined) review.mutate({ module, migration, checksum, verdict });
  };
  return (
    <>
      <Trouble error={comment.error ?? review.error} />
      <label className="field">
        <span>Say something</span>
        <textarea value={text} style={{ fontFamily: 'var(--sans)' }} onChange={({ target }) => setText(target.value)} />
      </label>
      <div className="row">
        <Button
          busy={comment.isPending}
          disabled={!mayComment || text.trim() === ''}
          onClick={() => comment.mutate({ module, migration, text }, { onSuccess: () => setText('') })}
        >
          Comment
        </Button>
        <Button busy={review.isPending} disabled={!mayReview || checksum === undefined} onClick={() => judge('changes')}>
          Ask for changes
        </Button>
        <Button look="main" busy={review.isPending} disabled={!mayReview || checksum === undefined} onClick={() => judge('approved')}>
          Approve
        </Button>
      </div>
    </>
  );
}
