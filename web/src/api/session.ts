import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import { keepToken, Refused, send } from './client.ts';

interface SessionAnswer {
  readonly user: string;
  readonly role: string;
  readonly csrf: string | null;
}

export type SessionState =
  | { readonly kind: 'asking'; readonly wasIn: boolean }
  | { readonly kind: 'in'; readonly wasIn: boolean; readonly user: string; readonly isKeyed: boolean }
  | { readonly kind: 'out'; readonly wasIn: boolean }
  | { readonly kind: 'unreachable'; readonly wasIn: boolean; readonly error: Error };

const path = '/api/v1/session';

/** Whether somebody is signed in. One whose session is over is told so, and what they have typed stays. */
export function useSession(): SessionState {
  const wasIn = useRef(false);
  const { data, error } = useQuery({
    queryKey: ['session'],
    queryFn: async () => {
      try {
        const session = (await send('GET', path)) as SessionAnswer;
        keepToken(session.csrf);
        return session;
      } catch (problem) {
        if (problem instanceof Refused && problem.status === 401) return null;
        throw problem;
      }
    },
    retry: false,
    refetchInterval: 60_000,
  });
  const before = wasIn.current;
  if (data !== undefined && data !== null) {
    wasIn.current = true;
    return { kind: 'in', wasIn: true, user: data.user, isKeyed: data.csrf !== null };
  }
  if (data === null) return { kind: 'out', wasIn: before };
  return error === null ? { kind: 'asking', wasIn: before } : { kind: 'unreachable', wasIn: before, error };
}

/** Signs in by a key, which is sent once; a cookie that no script can read stands for it from then on. */
export function useSignIn(): (key: string) => Promise<void> {
  const client = useQueryClient();
  return async (key) => {
    const session = (await send('POST', path, { key })) as SessionAnswer;
    keepToken(session.csrf);
    await client.invalidateQueries();
  };
}

export function useSignOut(): () => Promise<void> {
  const client = useQueryClient();
  return async () => {
    await send('DELETE', path);
    keepToken(null);
    await client.invalidateQueries({ queryKey: ['session'] });
  };
}
