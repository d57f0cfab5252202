// Loaded before a measured program: at its end it writes what it used to file descriptor 3.
// A process can ask only for its own usage, and no program that measures others is on every machine.
const { existsSync, readFileSync, writeSync } = require('node:fs');
const { isMainThread } = require('node:worker_threads');

if (isMainThread) {
  process.on('exit', () => {
    const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
    writeSync(3, JSON.stringify({ cpu: (userCPUTime + systemCPUTime) / 1000, megabytes: peak(maxRSS) / 1024 }));
  });
}

/**
 * Linux counts the memory of the parent at the moment of starting into the maximum; the high-water mark starts afresh.
 * @param {number} maximum
 */
function peak(maximum) {
  const status = '/proc/self/status';
  if (!existsSync(status)) return maximum;
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(status, 'utf8'))?.[1] ?? maximum);
}
