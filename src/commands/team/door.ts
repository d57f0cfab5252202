import { userInfo } from 'node:os';
import { loadInputs } from '../../team/index.ts';
import { actor } from '../open.ts';
import type { CommonOptions } from '../options.ts';
import type { Project } from '../project.ts';
import { openHost } from './host.ts';
import { readPlace } from './place.ts';
import { type Door, remoteDoor } from './remote.ts';

/** Opens the way that this working copy has. */
export async function openDoor(project: Project, options: CommonOptions): Promise<Door> {
  const place = readPlace(project);
  if (place.server !== undefined) return remoteDoor(place.server, place);
  const host = await openHost(options);
  const user = nameOf(actor(options).by);
  return {
    kind: 'local',
    title: 'this folder, without a server',
    user,
    place,
    call: async (name, input) => {
      const checked = (await loadInputs()).checkedInput(name, input);
      const handler = host.service[name] as (asker: object, input: unknown) => Promise<never>;
      return handler({ user, role: 'admin' }, checked);
    },
    close: host.close,
  };
}

/** Names of the system may hold what names of users cannot. */
function nameOf(user: string): string {
  return user === '' ? userInfo().username : user;
}

/** Does something through the door and closes it. */
export async function throughDoor<T>(project: Project, options: CommonOptions, work: (door: Door) => Promise<T>): Promise<T> {
  const door = await openDoor(project, options);
  try {
    return await work(door);
  } finally {
    await door.close();
  }
}
