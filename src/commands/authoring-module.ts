import { defineConfig } from '../config/index.ts';
import { migration } from '../runner/index.ts';

/** What `import … from 'lockstep'` gives inside migrations and configurations: the running copy's own functions. */
export const authoringModule: Readonly<Record<string, unknown>> = { defineConfig, migration };
