import { provideServers } from '../support/server/provide.ts';

// Stands on servers of its own until it is ended from outside, or at once when it is told to close.
const { folder, postgres, mariadb, close } = await provideServers(() => undefined);
process.stdout.write(`${JSON.stringify({ folder, postgres, mariadb })}\n`);
if (process.argv.includes('--close')) await close();
else setInterval(() => undefined, 60_000);
