/**
 * A configuration under which the program kills itself with SIGKILL at the step that KILL_AT names, odd numbers before a step and even ones
 * behind it. A step is a file that is written, renamed or removed, or a call of another machine.
 */
export const dyingConfig = `import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
let steps = 0;
const tick = () => {
  steps++;
  if (steps === Number(process.env.KILL_AT)) process.kill(process.pid, 'SIGKILL');
};
const watched = (real) => (...rest) => {
  tick();
  const result = real(...rest);
  if (result instanceof Promise) return result.finally(tick);
  tick();
  return result;
};
for (const name of ['writeFileSync', 'renameSync', 'rmSync', 'appendFileSync']) fs[name] = watched(fs[name]);
syncBuiltinESMExports();
globalThis.fetch = watched(globalThis.fetch);
export default {};
`;
