import { count, Failure } from '../../base/index.ts';
import { diff, dump, dumpModule } from '../../commands/index.ts';
import type { Answer, Screen } from '../answer.ts';
import { atMost, commonOptions } from '../options.ts';
import { renaming } from '../renaming.ts';
import { showDiff } from '../show/diff.ts';
import { showModuleDump } from '../show/installer.ts';

/** `lockstep dump --module NAME` */
async function runModuleDump({ parsed, terminal, stop, cancel }: Screen): Promise<Answer> {
  const [module, other] = parsed.values('module');
  if (module === undefined || other !== undefined)
    throw new Failure('usage.missing-argument', 'an installer is of one module: --module NAME', { state: 'nothing was written' });
  for (const flag of ['from', 'split']) {
    if (!parsed.has(flag)) continue;
    throw new Failure('usage.invalid-value', `--${flag} does not go with --module: an installer is made of the module’s migrations`, {
      state: 'nothing was written',
    });
  }
  const [covers, format, output] = [parsed.value('covers'), parsed.value('format'), parsed.value('output')];
  const report = await dumpModule({
    ...commonOptions(parsed),
    stop,
    cancel,
    module,
    ...(covers === undefined ? {} : { covers }),
    ...(format === undefined ? {} : { format }),
    ...(output === undefined ? {} : { output }),
  });
  return { exitCode: 0, data: report, show: () => showModuleDump(report, terminal) };
}

/** `lockstep dump` */
export async function runDump(screen: Screen): Promise<Answer> {
  const { parsed, terminal, stop, cancel } = screen;
  atMost(parsed, 0);
  if (parsed.has('module') || parsed.has('covers')) return runModuleDump(screen);
  const [from, format, output] = [parsed.value('from'), parsed.value('format'), parsed.value('output')];
  const report = await dump({
    ...commonOptions(parsed),
    stop,
    cancel,
    ...(from === undefined ? {} : { from }),
    ...(format === undefined ? {} : { format }),
    ...(output === undefined ? {} : { output }),
    split: parsed.has('split'),
  });
  return {
    exitCode: 0,
    data: report,
    show: () => {
      const { out } = terminal;
      if (report.file === undefined) terminal.print(report.text.trimEnd());
      else {
        const files = report.files === undefined ? '' : ` in ${count(report.files.length, 'file')}`;
        terminal.print(`${out.green('+')} ${report.file}   ${count(report.objects, 'object')} of ${report.from}${files}`);
        for (const one of report.unread) terminal.print(`  ${out.dim('·')} ${one}: not in the file`);
      }
    },
  };
}

function wanted(to: string | undefined): string {
  if (to !== undefined && to !== '') return to;
  throw new Failure('usage.missing-argument', '`lockstep diff` needs what the structure shall become', {
    fix: ['lockstep diff --to schema.sql', 'lockstep diff --to postgres://…', 'lockstep diff --help'],
  });
}

/** `lockstep diff` */
export async function runDiff({ parsed, terminal, stop, cancel }: Screen): Promise<Answer> {
  atMost(parsed, 0);
  const [from, write, format] = [parsed.value('from'), parsed.value('write'), parsed.value('format')];
  const report = await diff({
    ...commonOptions(parsed),
    stop,
    cancel,
    ...(from === undefined ? {} : { from }),
    to: wanted(parsed.value('to')),
    ...(write === undefined ? {} : { write }),
    ...(format === undefined ? {} : { format }),
    online: parsed.has('online'),
    ...renaming(parsed, terminal),
  });
  const differs = report.changes.length > 0;
  return {
    exitCode: differs && parsed.has('exit-code') ? 1 : 0,
    data: report,
    show: () => showDiff(report, terminal, { sql: parsed.has('sql') }),
  };
}
