import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/**
 * Names for what is thrown away later bear the process that made them, so that a later one can tell what was left behind: PLACE_PID_RANDOM,
 * with a prefix. A process is known by its number only where numbers mean the same: on one machine, since it was started, and in one
 * container.
 */
export function ownedName(prefix: string): string {
  return `${prefix}${place()}_${process.pid}_${randomBytes(6).toString('hex')}`;
}

/** Whether the process that gave a name of ours is gone for certain. A name of another machine or container never is. */
export function isOrphan(name: string, prefix: string): boolean {
  const [, owner, pid] = (name.startsWith(prefix) && /^([0-9a-f]{8})_(\d+)_[0-9a-f]{12}$/.exec(name.slice(prefix.length))) || [];
  return owner === place() && !isAlive(Number(pid));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

function place(): string {
  const parts = [
    hostname(),
    orNothing(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8')),
    orNothing(() => readlinkSync('/proc/self/ns/pid')),
  ];
  return createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 8);
}

/** Only Linux has these files. */
function orNothing(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}
