import { closest, topological } from '../base/index.ts';
import type { Extension } from '../contracts/index.ts';

/** The extensions that count, one for each name: of several, the one with the lowest priority. */
export function chosenExtensions(extensions: readonly Extension[] = []): readonly Extension[] {
  const chosen = new Map<string, Extension>();
  for (const extension of extensions) {
    const rival = chosen.get(extension.name);
    if (rival === undefined || (extension.priority ?? 0) < (rival.priority ?? 0)) chosen.set(extension.name, extension);
  }
  return [...chosen.values()];
}

/** What is wrong with a list of extensions, in words; each sentence names the entry that it is about. */
export function extensionProblems(list: readonly unknown[]): readonly string[] {
  const problems = list.flatMap((one, i) => shapeProblems(one, `extensions[${i}]`));
  if (problems.length > 0) return problems;
  const extensions = list as readonly Extension[];
  return [...rivals(extensions), ...needs(chosenExtensions(extensions))];
}

function shapeProblems(value: unknown, at: string): readonly string[] {
  if (typeof value !== 'object' || value === null) return [`"${at}" must be an object with a name and a function \`use\``];
  const { name, priority, uses, use } = value as Readonly<Record<string, unknown>>;
  const isName = typeof name === 'string' && name !== '';
  const called = isName ? `"${at}" (${name})` : `"${at}"`;
  return [
    ...(isName ? [] : [`${called} must have a name`]),
    ...(typeof use === 'function' ? [] : [`${called} must have a function \`use\``]),
    ...(priority === undefined || (typeof priority === 'number' && !Number.isNaN(priority))
      ? []
      : [`the priority of ${called} must be a number`]),
    ...(uses === undefined || (Array.isArray(uses) && uses.every((one) => typeof one === 'string'))
      ? []
      : [`\`uses\` of ${called} must be a list of names`]),
  ];
}

/** Two of one name and one priority: which of them counts cannot be told. */
function rivals(extensions: readonly Extension[]): readonly string[] {
  return extensions.flatMap((extension, i) => {
    const other = extensions.findIndex(
      ({ name, priority = 0 }, j) => j < i && name === extension.name && priority === (extension.priority ?? 0),
    );
    return other < 0
      ? []
      : [
          `"extensions[${other}]" and "extensions[${i}]" are both called "${extension.name}" and have the priority ${extension.priority ?? 0}`,
        ];
  });
}

function needs(extensions: readonly Extension[]): readonly string[] {
  const names = extensions.map(({ name }) => name);
  const missing = extensions.flatMap(({ name, uses = [] }) =>
    uses.flatMap((wanted) => {
      if (names.includes(wanted)) return [];
      const near = closest(wanted, names);
      return [`the extension "${name}" uses "${wanted}", which there is not${near === undefined ? '' : `; did you mean "${near}"?`}`];
    }),
  );
  if (missing.length > 0) return missing;
  const sorted = topological(extensions, ({ uses = [] }) => extensions.filter(({ name }) => uses.includes(name)));
  if ('order' in sorted) return [];
  const [first] = sorted.cycle;
  return [
    `extensions use each other in a circle: ${[...sorted.cycle, ...(first === undefined ? [] : [first])].map(({ name }) => name).join(' → ')}`,
  ];
}
