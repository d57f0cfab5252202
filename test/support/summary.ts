import type { Reporter, TestModule } from 'vitest/node';

/**
 * Closes a run with one plain line, `N passed, N failed`, that scripts can read, after the tests that did not run and why.
 * A file or a hook that breaks counts as a failure. A run in which no test was executed has failed.
 */
export function summary(print: (text: string) => void): Reporter {
  return {
    onTestRunEnd: (modules, unhandled) => {
      const { passed, failed, notRun } = count(modules);
      const broken = failed + unhandled.length;
      for (const [why, names] of notRun) print(`\nNOT RUN, ${why}:\n${names.map((name) => `  ${name}\n`).join('')}`);
      const skipped = [...notRun.values()].reduce((sum, names) => sum + names.length, 0);
      print(`\n${passed} passed, ${broken} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`);
      if (broken > 0 || passed === 0) process.exitCode = 1;
    },
  };
}

function count(modules: readonly TestModule[]): { passed: number; failed: number; notRun: Map<string, string[]> } {
  let passed = 0;
  let failed = 0;
  const notRun = new Map<string, string[]>();
  for (const module of modules) {
    failed += module.errors().length;
    for (const suite of module.children.allSuites()) failed += suite.errors().length;
    for (const test of module.children.allTests()) {
      const result = test.result();
      if (result.state === 'passed') passed++;
      else if (result.state === 'failed') failed++;
      else {
        const why = (result.state === 'skipped' ? result.note : undefined) ?? 'no reason given';
        notRun.set(why, [...(notRun.get(why) ?? []), `${module.relativeModuleId} > ${test.fullName}`]);
      }
    }
  }
  return { passed, failed, notRun };
}
