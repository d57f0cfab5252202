import { askTeam, history } from '../../commands/index.ts';
import type { Answer, Screen } from '../answer.ts';
import { atMost, commonOptions, wholeNumber } from '../options.ts';
import { columns } from '../terminal.ts';

/** `lockstep history` */
export async function runHistory({ parsed, terminal }: Screen): Promise<Answer> {
  atMost(parsed, 0);
  const most = parsed.value('limit') === undefined ? undefined : wholeNumber(parsed.value('limit') ?? '', '--limit');
  return parsed.has('team') ? ofTeam({ parsed, terminal }, most ?? 50) : ofDatabase({ parsed, terminal }, most);
}

type View = Pick<Screen, 'parsed' | 'terminal'>;

async function ofDatabase({ parsed, terminal }: View, most: number | undefined): Promise<Answer> {
  const report = await history({ ...commonOptions(parsed), ...(most === undefined ? {} : { most }) });
  return {
    exitCode: 0,
    data: report,
    show: () => {
      const { out } = terminal;
      if (report.entries.length === 0) terminal.print(`Nothing has happened on ${report.database} yet.`);
      const rows = report.entries.map(({ at, event, migration = '', by = '', host = '', detail = '' }) => [
        shortTime(at),
        event,
        migration,
        `${by}${host === '' ? '' : `@${host}`}`,
        detail,
      ]);
      for (const line of columns(rows)) terminal.print(line);
      if (report.more) terminal.print(out.dim('There are older ones: --limit N'));
    },
  };
}

/** What the team has done: the newest events of its server, or of this folder. */
async function ofTeam({ parsed, terminal }: View, most: number): Promise<Answer> {
  const options = commonOptions(parsed);
  const { head } = await askTeam(options, 'team', {});
  const { events } = await askTeam(options, 'events', { after: Math.max(0, head - most), most: Math.min(most, 5000) });
  const newest = [...events].reverse();
  return {
    exitCode: 0,
    data: newest,
    show: () => {
      if (newest.length === 0) terminal.print('Nothing has happened in the team yet.');
      const rows = newest.map(({ at, actor, event }) => {
        const { kind, ...rest } = event;
        const said =
          'message' in rest && typeof rest.message === 'string' ? rest.message : 'reason' in rest ? String(rest.reason ?? '') : '';
        const what = 'number' in rest ? `version ${rest.number}` : 'checkout' in rest ? `check-out ${rest.checkout}` : '';
        return [shortTime(at), kind, what, actor, said];
      });
      for (const line of columns(rows)) terminal.print(line);
    },
  };
}

function shortTime(at: string): string {
  return at.slice(0, 19).replace('T', ' ');
}
