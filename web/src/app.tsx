import { type ComponentType, lazy, type ReactNode, Suspense } from 'react';
import { Route, Switch } from 'wouter';
import { useSession } from './api/session.ts';
import { Overview } from './pages/overview.tsx';
import { SignIn } from './pages/sign-in.tsx';
import { Loading, Trouble } from './parts/answers.tsx';
import { Empty, Go, Page } from './parts/basics.tsx';
import { Shell } from './shell/shell.tsx';

/** Pages that are loaded when they are gone to. */
const late = {
  '/migrations': lazy(() => import('./pages/migrations.tsx')),
  '/migrations/:id': lazy(() => import('./pages/migration.tsx')),
  '/matrix': lazy(() => import('./pages/matrix.tsx')),
  '/structure': lazy(() => import('./pages/structure.tsx')),
  '/structure/:table': lazy(() => import('./pages/structure.tsx')),
  '/checkout': lazy(() => import('./pages/checkout.tsx')),
  '/changes': lazy(() => import('./pages/changes.tsx')),
  '/databases': lazy(() => import('./pages/databases.tsx')),
  '/drift': lazy(() => import('./pages/drift.tsx')),
  '/history': lazy(() => import('./pages/history.tsx')),
  '/fixtures': lazy(() => import('./pages/fixtures.tsx')),
  '/team': lazy(() => import('./pages/team.tsx')),
  '/audit': lazy(() => import('./pages/audit.tsx')),
  '/settings': lazy(() => import('./pages/settings.tsx')),
} as const satisfies Readonly<Record<string, ComponentType>>;

export function App(): ReactNode {
  const session = useSession();
  if (session.kind === 'asking') return <Loading />;
  if (session.kind === 'unreachable')
    return (
      <main>
        <Trouble error={session.error} />
      </main>
    );
  return (
    <>
      {/* What was typed into a page stays there while somebody signs in again. */}
      {session.wasIn || session.kind === 'in' ? (
        <div hidden={session.kind === 'out'}>
          <Shell>
            <Suspense fallback={<Loading />}>
              <Switch>
                <Route path="/" component={Overview} />
                {Object.entries(late).map(([path, page]) => (
                  <Route key={path} path={path} component={page} />
                ))}
                <Route>
                  <Page title="There is no such page">
                    <Empty actions={<Go to="/">To the overview</Go>}>
                      <p>The address leads nowhere. It may have been cut off, or what it led to has another name now.</p>
                    </Empty>
                  </Page>
                </Route>
              </Switch>
            </Suspense>
          </Shell>
        </div>
      ) : null}
      {session.kind === 'out' ? <SignIn again={session.wasIn} /> : null}
    </>
  );
}
