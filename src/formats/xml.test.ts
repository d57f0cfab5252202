import { describe, expect, test } from 'vitest';
import { formatTools, migrationOf, sourceFile } from '../../test/support/migration.ts';
import { Failure, formatPlace } from '../base/index.ts';
import type { Parsed } from '../contracts/index.ts';
import type { Change } from '../schema/index.ts';
import { writeXml, xml } from './xml.ts';
import { yaml } from './yaml.ts';

async function read(text: string): Promise<Parsed> {
  return xml.read(migrationOf(sourceFile('1_a.xml', text)), formatTools);
}

async function changes(text: string): Promise<readonly Change[]> {
  const { up } = await read(text);
  return up.kind === 'changes' ? up.changes.map(({ change }) => change) : [];
}

async function yamlChanges(text: string): Promise<readonly Change[]> {
  const { up } = await yaml.read(migrationOf(sourceFile('1_a.yaml', text)), formatTools);
  return up.kind === 'changes' ? up.changes.map(({ change }) => change) : [];
}

/** The problems of a text, each with its line and column. */
async function problems(text: string): Promise<readonly string[]> {
  try {
    await read(text);
    return [];
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const all = error.details.problems ?? [error];
    return all.map(({ message, details: { place } }) => `${place === undefined ? '?' : formatPlace(place)} ${message}`);
  }
}

const up = (inside: string): string => `<migration><up>${inside}</up></migration>`;

test('a table is written by hand as people write XML', async () => {
  const text = `<?xml version="1.0" encoding="UTF-8"?>
<!-- coupons -->
<migration xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:noNamespaceSchemaLocation="migration.xsd" requires="shop, users">
  <up>
    <createTable name="coupon">
      <columns>
        <column name="id" type="bigint" identity="true" primaryKey="true"/>
        <column name="code" type="varchar(40)" default="007" comment="40"/>
        <column name="made" type="timestamp"><default sql="now()"/></column>
      </columns>
      <unique><item columns="code, made"/></unique>
      <indexes><index columns="code"/></indexes>
    </createTable>
    <insert into="coupon">
      <rows>
        <row code="WELCOME" n="5" b="true" nothing="null" digits="'5'"/>
        <row><code>x &lt; y</code><data json='{"a": [1, 2]}'/><at sql="now()"/><bytes hex="00ff"/></row>
      </rows>
    </insert>
    <sql><![CDATA[
UPDATE coupon SET code = '<&>'
]]></sql>
  </up>
  <down>auto</down>
  <verify>SELECT count(*) = 2, 1 = 1 FROM coupon</verify>
</migration>
`;
  const same = `up:
  - createTable:
      name: coupon
      columns:
        - { name: id, type: bigint, identity: true, primaryKey: true }
        - { name: code, type: varchar(40), default: "007", comment: "40" }
        - { name: made, type: timestamp, default: { sql: now() } }
      unique: [ { columns: [ code, made ] } ]
      indexes: [ { columns: [ code ] } ]
  - insert:
      into: coupon
      rows:
        - { code: WELCOME, n: 5, b: true, nothing: null, digits: "5" }
        - { code: "x < y", data: { json: { a: [ 1, 2 ] } }, at: { sql: now() }, bytes: { hex: 00ff } }
  - sql: "\\nUPDATE coupon SET code = '<&>'\\n"
`;
  expect(await changes(text)).toEqual(await yamlChanges(same));
  const parsed = await read(text);
  expect(parsed.down).toBeUndefined();
  expect(parsed.verify).toMatchObject({ changes: [{ change: { up: { any: 'SELECT count(*) = 2, 1 = 1 FROM coupon' } } }] });
  expect(await xml.header?.(sourceFile('1_a.xml', text))).toEqual({ requires: ['shop', 'users'] });
});

test.each(['', '\n<!-- nothing -->\n', '<migration/>', '<migration><up/><down/></migration>', '\uFEFF<migration></migration>'])(
  'a file without changes does nothing: %j',
  async (text) => {
    expect(await read(text)).toEqual({ up: { kind: 'changes', changes: [] }, transaction: { up: true, down: true } });
  },
);

test('a new file does nothing, and what it shows in a comment is a change', async () => {
  const text = xml.skeleton('Add -- users -', 'xml', '..');
  expect(await changes(text)).toEqual([]);
  const shown = text.replace('<!-- <create', '<create').replace('</createTable> -->', '</createTable>');
  expect(await changes(shown)).toMatchObject([{ kind: 'createTable', table: { name: { name: 'coupon' } } }]);
});

test('names that XML does not have are written by the numbers of their characters', async () => {
  const rows: Change = {
    kind: 'insertRows',
    table: { name: 't' },
    rows: [{ 'order id': 1, xmlish: 2, a_x0041_: 3, '1st': 4, 'ns:x': 5, naïve: 6, '😀': 7, constructor: 8 }],
  };
  const text = await writeXml([rows]);
  expect(text).toContain(
    'order_x0020_id="1" _x0078_mlish="2" a_x005F_x0041_="3" _x0031_st="4" ns_x003A_x="5" naïve="6" 😀="7" constructor="8"',
  );
  expect(await changes(text)).toEqual([rows]);
});

test('a text that XML cannot hold is not written', async () => {
  await expect(writeXml([{ kind: 'sql', up: { any: 'SELECT \u0001' } }])).rejects.toThrow('XML cannot hold the character U+0001');
});

test('line ends and white space are what was written', async () => {
  const texts = [' a ', '\na\n', 'a\r\nb', '\t', 'a]]>b\n', ' \r ', 'a\u2028b\u0085c', '&amp;', "'"];
  for (const any of texts) {
    const one: Change = { kind: 'sql', up: { any } };
    expect(await changes(await writeXml([one]))).toEqual([one]);
  }
  expect(await changes(up('<sql>\r\n  a\r\n  b\r\n</sql>'))).toEqual([{ kind: 'sql', up: { any: 'a\n  b' } }]);
});

describe('what is wrong is told with its place', () => {
  test.each([
    ['<migration>\n  <up>\n    <creatTable name="a"/>', '1_a.xml:2:3 the element <up> is not closed'],
    [up('\n <creatTable name="a"/>'), '1_a.xml:2:2 there is no change "creatTable"; did you mean "createTable"?'],
    [
      up('\n <addColumn table="a" nmae="b"\n  type="int"/>'),
      '1_a.xml:2:23 there is no property "nmae" in "addColumn"; did you mean "name"?',
    ],
    [up('<addColumn table="a" name="b" type="varchar" length="x"/>'), '"length" must be a number, not "x"'],
    [up('<dropTable name="a" name="b"/>'), '"name" is given twice, first in line 1'],
    [up('<addColumn table="a" name="b"><name>c</name></addColumn>'), '"name" is given twice, first in line 1'],
    [
      up('<createTable name="a"><columns>\n<colum name="id"/></columns></createTable>'),
      '1_a.xml:2 "colum" is no item of the list "columns"; did you mean "column"?',
    ],
    [up('<createTable name="a">x<columns/></createTable>'), 'text stands in <createTable> beside attributes or elements'],
    ['<migraton/>', 'the root element is <migration>, not <migraton>'],
    ['<migration/><migration/>', '1_a.xml:1:13 a file holds one root element; a second one begins here'],
    ['x', 'text stands outside of the root element'],
    ['<migration>\n</migratio>', '</migratio> closes nothing here; <migration> of line 1 is open'],
    ['<!DOCTYPE migration [<!ENTITY a "aaaa">]><migration/>', 'document types and their entities are not understood'],
    [up('<sql>&a;</sql>'), 'there is no entity "&a;"; the five of XML are known'],
    [up('<sql>a & b</sql>'), '"&" is written "&amp;"'],
    [up('<sql>a < b</sql>'), 'the name of an element is expected behind "<"; in text it is written "&lt;"'],
    [up('<sql>&#0;</sql>'), 'XML has no character &#0;'],
    [up('<sql>&#xD800;</sql>'), 'XML has no character &#xD800;'],
    [up('<sql>\u0007</sql>'), 'XML cannot hold the character U+0007'],
    [up('<sql>]]></sql>'), '"]]>" closes a CDATA section'],
    [up('<sql><![CDATA[</sql>'), 'the CDATA section is not closed'],
    [up('<?php 1 ?>'), 'processing instructions are not understood'],
    ['<?xml version="1.1"?><migration/>', 'XML is read by version 1.0'],
    ['<?xml version="1.0" encoding="ISO-8859-1"?><migration/>', 'the file is read as UTF-8 and says "ISO-8859-1"'],
    ['<migration a:b="1"/>', 'prefixes are not understood: "a:b"'],
    ['<a:migration/>', 'prefixes are not understood: "a:migration"'],
    ['<migration order=1/>', 'a value stands in quotes'],
    ['<migration order/>', '"order" needs a value: order="…"'],
    ['<migration order="1/>', 'the value has no end'],
    ['<migration order="1" <up/>', 'an attribute or ">" is expected'],
    ['<!-- a -- b --><migration/>', 'a comment holds no "--" and ends with "-->"'],
    [up('<insert into="a"><rows><row __proto__="1"/></rows></insert>'), '"__proto__" cannot be a key'],
    [
      up('<insert into="a"><rows><row a="0.12345678901234567890"/></rows></insert>'),
      '0.12345678901234567890 would lose digits as a number',
    ],
    [up('<insert into="a"><rows><row><a json="[1"/></row></rows></insert>'), 'this is no JSON: the text ends too early'],
    [up('<a>'.repeat(200)), 'the text is nested deeper than 100 levels'],
  ])('%j', async (text, problem) => {
    expect((await problems(text)).join('\n')).toContain(problem);
  });
});
