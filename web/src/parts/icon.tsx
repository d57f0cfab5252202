import type { ReactNode } from 'react';

const paths = {
  overview: 'M2 3h5v5H2zM9 3h5v3H9zM9 8h5v5H9zM2 10h5v3H2z',
  migrations: 'M3 2v12M3 5h6l2 2h2M3 11h4l2-2',
  matrix: 'M2 3h12v10H2zM2 6.5h12M2 10h12M6 3v10M10 3v10',
  structure: 'M2 3h5v4H2zM9 9h5v4H9zM4.5 7v4H9',
  checkout: 'M4 7V5a4 4 0 0 1 8 0v2M3 7h10v7H3z',
  changes: 'M4 2v12M12 2v5a3 3 0 0 1-3 3H4',
  databases: 'M3 4c0-1 2-2 5-2s5 1 5 2-2 2-5 2-5-1-5-2zM3 4v8c0 1 2 2 5 2s5-1 5-2V4M3 8c0 1 2 2 5 2s5-1 5-2',
  drift: 'M2 5h7l-2-2M14 11H7l2 2',
  history: 'M8 4v4l3 2M2 8a6 6 0 1 0 2-4.5M2 2v3h3',
  fixtures: 'M8 2l6 3-6 3-6-3zM2 8l6 3 6-3M2 11l6 3 6-3',
  team: 'M6 7a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM1 14c0-3 2-5 5-5s5 2 5 5M11 3a2 2 0 0 1 0 4M12 9c2 .5 3 2 3 4',
  audit: 'M3 2h10v12H3zM5.5 5h5M5.5 8h5M5.5 11h3',
  settings: 'M2 4h8M13 4h1M2 8h2M7 8h7M2 12h6M11 12h3M10 2.5v3M5.5 6.5v3M9.5 10.5v3',
} as const;
export type IconName = keyof typeof paths;

export function Icon({ name }: { readonly name: IconName }): ReactNode {
  return (
    <svg className="icon" viewBox="0 0 16 16" aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  );
}
