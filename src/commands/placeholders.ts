import type { Config } from '../config/index.ts';
import type { Module, Placeholders } from '../migration/index.ts';

/**
 * The values of placeholders by module: those given for the run, then those of the module, of the configuration, and the built-in ones. All dates are
 * one instant. They are on in modules with a manifest, and where values are given; a manifest's <DB_PREFIX> is empty where nothing is said.
 */
export function placeholdersOf(
  config: Config,
  given: Placeholders | undefined,
  now: Date,
): (module: Module | undefined) => Placeholders | undefined {
  const dates = datesOf(now, config.timeZone ?? 'UTC');
  return (module) => {
    if (module?.placeholders === false) return undefined;
    const isOn = [module?.manifest, module?.placeholders, config.placeholders, given].some((one) => one !== undefined);
    if (!isOn) return undefined;
    const prefix = module?.manifest === undefined ? {} : { DB_PREFIX: '' };
    return { ...dates, ...prefix, ...config.placeholders, ...module?.placeholders, ...given };
  };
}

function datesOf(now: Date, timeZone: string): Placeholders {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(now);
  const part = (type: Intl.DateTimeFormatPartTypes): string => parts.find((one) => one.type === type)?.value ?? '';
  const date = `${part('year')}-${part('month')}-${part('day')}`;
  return { CURRENT_DATE: date, CURRENT_DATETIME: `${date} ${part('hour')}:${part('minute')}:${part('second')}` };
}
