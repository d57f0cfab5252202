import { Failure, grouped, joined } from '../../base/index.ts';
import { installModule, type ListedModule, listModules } from '../../commands/index.ts';
import type { Answer, Screen } from '../answer.ts';
import { atMost, commonOptions, needed } from '../options.ts';
import { columns, type Style } from '../terminal.ts';
import { answerOf, runOptions } from './runs.ts';

const actions = ['list', 'install', 'update'] as const;

/** `lockstep module (list | install | update) [NAME]` */
export async function runModule(screen: Screen): Promise<Answer> {
  const { parsed, terminal } = screen;
  atMost(parsed, 2);
  const wanted = parsed.arguments[0] ?? 'list';
  const action = actions.find((one) => one === wanted);
  if (action === undefined) throw new Failure('usage.invalid-value', `module takes ${joined(actions, 'or')}, not "${wanted}"`);
  if (action !== 'list') return answerOf(screen, await installModule({ ...runOptions(screen), name: needed(parsed, 1, 'a module') }));
  const report = await listModules(commonOptions(parsed));
  return {
    exitCode: 0,
    data: report,
    show: () => {
      for (const line of columns(report.modules.map((one) => row(one, terminal.out)))) terminal.print(line);
      if (report.modules.length === 0) terminal.print('There are no modules: each folder in modules/ is one.');
    },
  };
}

function row({ name, version, newest, pending, requires }: ListedModule, style: Style): readonly string[] {
  const sign = pending > 0 ? style.yellow(style.sign.open) : style.green(style.sign.ok);
  const way =
    version === undefined ? 'not installed' : version === newest ? version : `${version} ${style.sign.arrow} ${newest ?? 'no files'}`;
  return [
    `  ${sign} ${name}`,
    way,
    pending > 0 ? `${grouped(pending)} pending` : '',
    requires.length > 0 ? `requires ${joined(requires)}` : '',
  ];
}
