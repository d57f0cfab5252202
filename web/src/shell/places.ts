import type { IconName } from '../parts/icon.tsx';

/** The pages of the rail, with the letter that goes there after `g`. */
export const places: readonly { readonly path: string; readonly title: string; readonly icon: IconName; readonly key: string }[] = [
  { path: '/', title: 'Overview', icon: 'overview', key: 'o' },
  { path: '/migrations', title: 'Migrations', icon: 'migrations', key: 'm' },
  { path: '/matrix', title: 'Matrix', icon: 'matrix', key: 'x' },
  { path: '/structure', title: 'Structure', icon: 'structure', key: 's' },
  { path: '/checkout', title: 'Check out', icon: 'checkout', key: 'k' },
  { path: '/changes', title: 'Changes', icon: 'changes', key: 'c' },
  { path: '/databases', title: 'Databases', icon: 'databases', key: 'd' },
  { path: '/drift', title: 'Drift', icon: 'drift', key: 'r' },
  { path: '/history', title: 'History', icon: 'history', key: 'h' },
  { path: '/fixtures', title: 'Fixtures', icon: 'fixtures', key: 'f' },
  { path: '/team', title: 'Team', icon: 'team', key: 't' },
  { path: '/audit', title: 'Audit', icon: 'audit', key: 'a' },
  { path: '/settings', title: 'Settings', icon: 'settings', key: 'e' },
];
