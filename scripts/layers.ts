import { fileURLToPath } from 'node:url';
import { cruise } from './cruise.ts';

const { violations, modules } = await cruise(fileURLToPath(new URL('..', import.meta.url)));
for (const { rule, from, to } of violations) console.log(`${rule}: ${from} imports ${to}`);
console.log(`${modules} sources, ${violations.length} forbidden imports`);
if (violations.length > 0) process.exitCode = 1;
