import { userInfo } from 'node:os';
import { type Asker, type Call, calls, forbidden, loadInputs, may, type Service } from '../../team/index.ts';
import { actor } from '../open.ts';
import type { CommonOptions } from '../options.ts';
import type { Project } from '../project.ts';
import { openHost } from './host.ts';
import { ofPerson, readPlace } from './place.ts';
import { type Door, remoteDoor } from './remote.ts';

/** Opens the way that this working copy has. */
export async function openDoor(project: Project, options: CommonOptions): Promise<Door> {
  const place = readPlace(project);
  if (place.server !== undefined) return remoteDoor(place.server, place);
  if (options.seat !== undefined) {
    const { asker, service } = options.seat;
    return ownDoor({ title: 'this server', place: ofPerson(place, asker.user), asker, service, close: () => Promise.resolve() });
  }
  const host = await openHost(options);
  const asker = { user: localUser(options), role: 'admin' } as const;
  return ownDoor({ title: 'this folder, without a server', place, asker, service: host.service, close: host.close });
}

interface OwnDoor extends Pick<Door, 'title' | 'place' | 'close'> {
  readonly asker: Asker;
  readonly service: Service;
}

/** The way to a team whose state is in this process. */
function ownDoor({ title, place, asker, service, close }: OwnDoor): Door {
  return {
    kind: 'local',
    title,
    user: asker.user,
    place,
    call: async (name, input) => {
      const { action }: Call = calls[name];
      if (action !== 'nobody' && !may(asker, action)) throw forbidden(asker, action);
      const checked = (await loadInputs()).checkedInput(name, input);
      const handler = service[name] as (asker: object, input: unknown) => Promise<never>;
      return handler(asker, checked);
    },
    close,
  };
}

/** Who works here, where a team has no users. */
export function localUser(options: CommonOptions): string {
  const { by } = actor(options);
  return by === '' ? userInfo().username : by;
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
