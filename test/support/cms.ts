import type { Sandbox } from './sandbox.ts';

const updates: Readonly<Record<string, string>> = {
  '002': 'CREATE TABLE <DB_PREFIX>authors (id integer PRIMARY KEY, name varchar(40) NOT NULL);',
  '003': 'CREATE TABLE <DB_PREFIX>tags (id integer PRIMARY KEY, name varchar(40) NOT NULL);',
  '004': "INSERT INTO <DB_PREFIX>tags (id, name) VALUES (1, 'news; and more');",
};

interface Shape {
  /** The files as the manifest lists them. */
  readonly updates?: readonly string[];
  readonly bare?: boolean;
  readonly more?: string;
}

/** A module of a content management system, with a manifest in XML and SQL files for each engine; its install file stands at its version. */
export function cms(version: string, shape: Shape = {}): Readonly<Record<string, string>> {
  const last = Number(version.replaceAll('.', ''));
  const known = Object.keys(updates).filter((digits) => Number(digits) <= last);
  const listed = shape.updates ?? known.map((digits) => `update.${digits}.mysql.sql`);
  const record = `INSERT INTO <DB_PREFIX>modules (code, version, installed_at) VALUES ('cms', '${version}', '<CURRENT_DATETIME>');`;
  const install = [
    'CREATE TABLE <DB_PREFIX>modules (code varchar(20) PRIMARY KEY, version varchar(20) NOT NULL, installed_at varchar(30) NOT NULL);',
    'CREATE TABLE <DB_PREFIX>pages (id integer PRIMARY KEY, title varchar(80) NOT NULL);',
    record,
    ...known.map((digits) => updates[digits]),
  ];
  const removed = ['pages', ...(last >= 2 ? ['authors'] : []), ...(last >= 3 ? ['tags'] : []), 'modules'];
  const folder = 'modules/cms/data';
  const perEngine = (name: string, text: string): Readonly<Record<string, string>> =>
    Object.fromEntries(['mysql', 'pgsql', 'sqlite'].map((engine) => [`${folder}/${name}.${engine}.sql`, `-- ${engine}\n${text}\n`]));
  return {
    'lockstep.config.js': "export default { modules: [{ path: 'modules/cms', prefix: 'x_' }] };\n",
    'modules/cms/info.xml': manifest(version, listed, shape),
    ...perEngine('install', install.join('\n')),
    ...perEngine('uninstall', removed.map((table) => `DROP TABLE <DB_PREFIX>${table};`).join('\n')),
    ...Object.assign(
      {},
      ...known.map((digits) => {
        const at = [...digits].map(Number).join('.');
        return perEngine(`update.${digits}`, `${updates[digits]}\nUPDATE <DB_PREFIX>modules SET version = '${at}' WHERE code = 'cms';`);
      }),
    ),
  };
}

function manifest(version: string, listed: readonly string[], { bare = false, more = '' }: Shape): string {
  const named = listed.map((file) => `        <filename>${file}</filename>`);
  const update = bare ? listed.map((file) => `      <update>${file}</update>`) : ['      <update>', ...named, '      </update>'];
  return `<?xml version="1.0" encoding="UTF-8"?>
<!-- the content management system -->
<module>
  <name>CMS</name>
  <description>Pages &amp; authors</description>
  <version>${version}</version>
  <code>cms</code>
  <moduleType>application</moduleType>
  ${more}
  <files>
    <data>
      <install>install.mysql.sql</install>
${update.join('\n')}
      <uninstall>uninstall.mysql.sql</uninstall>
    </data>
    <images installationPath="images/modules/cms/" byDirectory="true"/>
    <controllers installationPath="protected/controllers/">
      <filename exclude="yes">PagesController.php</filename>
    </controllers>
  </files>
</module>
`;
}

/** Brings the files of a project to another version of the module. */
export function cmsAt(project: Sandbox, version: string, shape: Shape = {}): void {
  for (const [path, text] of Object.entries(cms(version, shape))) project.write(path, text);
}
