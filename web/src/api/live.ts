import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { DeskRun } from './client.ts';

const settleMs = 150;

/** Listens to what happens, and asks anew for what is shown. Tells since when the server cannot be heard. */
export function useLive(): Date | undefined {
  const client = useQueryClient();
  const [silentSince, setSilentSince] = useState<Date>();
  useEffect(() => {
    const source = new EventSource('/api/v1/live');
    let waiting: ReturnType<typeof setTimeout> | undefined;
    const refresh = (): void => {
      waiting ??= setTimeout(() => {
        waiting = undefined;
        void client.invalidateQueries();
      }, settleMs);
    };
    source.onopen = () => setSilentSince(undefined);
    source.onerror = () => setSilentSince((since) => since ?? new Date());
    source.addEventListener('team', refresh);
    source.addEventListener('reset', refresh);
    source.addEventListener('run', (event) => {
      const run = JSON.parse(event.data as string) as DeskRun;
      putRun(client, run);
      if (run.ended !== undefined) refresh();
    });
    return () => {
      clearTimeout(waiting);
      source.close();
    };
  }, [client]);
  return silentSince;
}

function putRun(client: QueryClient, run: DeskRun): void {
  client.setQueryData<readonly DeskRun[]>(['runs', {}], (all = []) =>
    all.some((one) => one.run === run.run) ? all.map((one) => (one.run === run.run ? run : one)) : [run, ...all],
  );
}
