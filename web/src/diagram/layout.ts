/** A table as the layout sees it, in pixels. */
export interface Box {
  readonly id: string;
  readonly width: number;
  readonly height: number;
}

export interface Wanted {
  readonly boxes: readonly Box[];
  readonly lines: readonly { readonly from: string; readonly to: string }[];
}

export interface Laid {
  readonly boxes: readonly (Box & { readonly x: number; readonly y: number })[];
  readonly width: number;
  readonly height: number;
}

/** Lays out in a worker; the promise of an older wish is never kept once a newer one is made. */
export function layouter(): { readonly lay: (wanted: Wanted) => Promise<Laid>; readonly close: () => void } {
  const worker = new Worker(new URL('./layout.worker.ts', import.meta.url), { type: 'module' });
  return {
    lay: (wanted) =>
      new Promise((resolve, reject) => {
        worker.onmessage = ({ data }: MessageEvent<Laid>) => resolve(data);
        worker.onerror = ({ message }) => reject(new Error(message));
        worker.postMessage(wanted);
      }),
    close: () => worker.terminate(),
  };
}
