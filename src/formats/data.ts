import type { ReadText, TextFile } from './document.ts';

type Reader = (file: TextFile) => ReadText;

/** The syntaxes in which the grammar can be written, by the endings of their files; each is loaded with the first file that needs it. */
const readers: Readonly<Record<string, { readonly title: string; readonly load: () => Promise<Reader> }>> = {
  yaml: { title: 'YAML', load: async () => (await import('./yaml-document.ts')).readYaml },
  yml: { title: 'YAML', load: async () => (await import('./yaml-document.ts')).readYaml },
  json: { title: 'JSON', load: async () => (await import('./json-document.ts')).readJson },
  xml: { title: 'XML', load: async () => (await import('./xml-document.ts')).readXml },
  ini: { title: 'INI', load: async () => (await import('./ini-document.ts')).readIni },
};

/** The titles of these syntaxes. */
export const dataTitles: readonly string[] = [...new Set(Object.values(readers).map(({ title }) => title))];

/** Whether the name of a file says that it is written in one of these syntaxes. */
export function isData(name: string): boolean {
  return readers[endingOf(name)] !== undefined;
}

/** Reads the text of such a file. */
export async function readData(file: TextFile & { readonly name: string }): Promise<ReadText> {
  const reader = readers[endingOf(file.name)];
  if (reader === undefined) throw new Error(`no syntax is known for "${file.name}"`);
  return (await reader.load())(file);
}

function endingOf(name: string): string {
  const ending = name.slice(name.lastIndexOf('.') + 1).toLowerCase();
  return Object.hasOwn(readers, ending) ? ending : '';
}
