import {
  keepPreviousData,
  type UseMutationResult,
  type UseQueryResult,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import { useSearch } from 'wouter';
import { type Answer, ask, type Given, type Name, Refused, Unreachable } from './client.ts';

/** What the server answers to a call, kept while pages come and go, and asked anew when something happens. */
export function useAsk<N extends Name>(name: N, input: Given<N>, options: { readonly enabled?: boolean } = {}): UseQueryResult<Answer<N>> {
  return useQuery({
    queryKey: [name, input],
    queryFn: () => ask(name, input),
    placeholderData: keepPreviousData,
    retry: (times, error) => error instanceof Unreachable && times < 2,
    ...options,
  });
}

/** Does something, and asks anew for everything that is shown. */
export function useDo<N extends Name>(name: N): UseMutationResult<Answer<N>, Error, Given<N>> {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (input: Given<N>) => ask(name, input),
    onSettled: () => client.invalidateQueries(),
    onError: (error) => {
      if (error instanceof Refused && error.status === 401) void client.invalidateQueries({ queryKey: ['session'] });
    },
  });
}

/** The database that is looked at: the name of an environment, or nothing for the project's own. It stands in the address of every page. */
export function useEnv(): string | undefined {
  return new URLSearchParams(useSearch()).get('env') ?? undefined;
}

/** A path within the app that keeps looking at the same database. */
export function useLink(): (path: string) => string {
  const env = useEnv();
  return (path) => (env === undefined ? path : `${path}${path.includes('?') ? '&' : '?'}env=${encodeURIComponent(env)}`);
}

export function useProject(): Answer<'project'> | undefined {
  return useAsk('project', {}).data;
}

/** Whether the person who looks may do something. */
export function useMay(action: Answer<'project'>['may'][number]): boolean {
  return useProject()?.may.includes(action) ?? false;
}
