import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { mysql } from '../../src/engines/mysql/index.ts';
import { readScript } from '../../src/plan/index.ts';
import { empty, type OnServer, onServer } from './mysql-support.ts';

let server: OnServer;
beforeAll(async () => {
  server = await onServer();
});
beforeEach(() => empty(server));
afterAll(() => server.close());

/** What mariadb-dump writes of a small database, with the marks and oddities of a real one. */
const dump = `/*M!999999\\- enable the sandbox mode */ 
-- MariaDB dump 10.19  Distrib 10.11.18-MariaDB, for debian-linux-gnu (x86_64)
--
/*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */;
/*!40101 SET NAMES utf8mb4 */;
/*!40103 SET @OLD_TIME_ZONE=@@TIME_ZONE */;
/*!40103 SET TIME_ZONE='+00:00' */;
/*!40014 SET @OLD_FOREIGN_KEY_CHECKS=@@FOREIGN_KEY_CHECKS, FOREIGN_KEY_CHECKS=0 */;
/*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_AUTO_VALUE_ON_ZERO' */;

DROP TABLE IF EXISTS \`film\`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE \`film\` (
  \`id\` int(10) unsigned NOT NULL AUTO_INCREMENT,
  \`title\` varchar(45) NOT NULL COMMENT 'it''s; a title',
  \`note\` text DEFAULT NULL,
  PRIMARY KEY (\`id\`),
  KEY \`title_idx\` (\`title\`)
) ENGINE=InnoDB AUTO_INCREMENT=3 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
/*!40101 SET character_set_client = @saved_cs_client */;

LOCK TABLES \`film\` WRITE;
/*!40000 ALTER TABLE \`film\` DISABLE KEYS */;
INSERT INTO \`film\` VALUES
(1,'a; b -- c','line\\n\\'quoted\\' \\\\ /* x */'),
(2,'Müller 😀',NULL);
/*!40000 ALTER TABLE \`film\` ENABLE KEYS */;
UNLOCK TABLES;
/*!50003 SET @saved_sql_mode       = @@sql_mode */ ;
/*!50003 SET sql_mode              = 'STRICT_TRANS_TABLES' */ ;
DELIMITER ;;
/*!50003 CREATE*/ /*!50017 DEFINER=\`root\`@\`localhost\`*/ /*!50003 TRIGGER \`upper_title\` BEFORE INSERT ON \`film\` FOR EACH ROW BEGIN
    /* a comment; in the body */
    IF NEW.title = '*/' THEN SET NEW.note = 'odd';
    END IF;
  END 
*/;;
DELIMITER ;
/*!50003 SET sql_mode              = @saved_sql_mode */ ;
SET @saved_cs_client     = @@character_set_client;
/*!50001 CREATE VIEW \`titles\` AS SELECT
 1 AS \`title\` */;
DELIMITER ;;
CREATE DEFINER=\`root\`@\`localhost\` PROCEDURE \`fill\`(IN n INT)
BEGIN
  WHILE n > 0 DO
    INSERT INTO film (title) VALUES (CONCAT('film; ', n));
    SET n = n - 1;
  END WHILE;
END ;;
DELIMITER ;
/*!50001 DROP VIEW IF EXISTS \`titles\`*/;
/*!50001 CREATE ALGORITHM=UNDEFINED */
/*!50013 DEFINER=\`root\`@\`localhost\` SQL SECURITY DEFINER */
/*!50001 VIEW \`titles\` AS select \`film\`.\`title\` AS \`title\` from \`film\` */;
/*!40103 SET TIME_ZONE=@OLD_TIME_ZONE */;
/*!40101 SET SQL_MODE=@OLD_SQL_MODE */;
/*!40014 SET FOREIGN_KEY_CHECKS=@OLD_FOREIGN_KEY_CHECKS */;
/*!40101 SET CHARACTER_SET_CLIENT=@OLD_CHARACTER_SET_CLIENT */;
-- Dump completed
`;

const read = (text: string) =>
  readScript(
    { kind: 'script', text, file: 'dump.sql', offset: 0, source: text },
    { engine: mysql, server: server.server, transaction: true },
  );

test('a dump is cut, ordered into transactions and run', async () => {
  const { groups, problems } = read(dump);
  expect(problems).toEqual([]);
  for (const { transactional, statements } of groups) {
    if (transactional) await server.connection.query(mysql.session.begin);
    for (const { sql } of statements) await server.connection.query(sql);
    if (transactional) await server.connection.query(mysql.session.commit);
  }
  await server.run('CALL fill(2)');
  expect(await server.rows('SELECT id, title, note FROM film ORDER BY id')).toEqual([
    { id: 1, title: 'a; b -- c', note: "line\n'quoted' \\ /* x */" },
    { id: 2, title: 'Müller 😀', note: null },
    { id: 3, title: 'film; 2', note: null },
    { id: 4, title: 'film; 1', note: null },
  ]);
  expect([...(await server.schema()).objects.keys()].sort()).toEqual([
    'routine fill',
    'table film',
    'trigger film/upper_title',
    'view titles',
  ]);
});

test('what each statement of a dump does is read through its comments', () => {
  const effects = read(dump).groups.flatMap(({ statements }) =>
    statements.flatMap((statement) => statement.effects.map(({ sign, text }) => `${sign} ${text}`)),
  );
  expect(effects).toEqual([
    '- table film',
    '+ table film',
    '+ rows of film',
    '+ trigger upper_title',
    '+ view titles',
    '+ procedure fill',
    '- view titles',
    '+ view titles',
  ]);
});

test('several statements sent in one message end at the one that fails, and say which it was', async () => {
  const parts = ['CREATE TABLE a (x INT)', 'INSERT INTO a VALUES (1)', 'INSERT INTO nowhere VALUES (1)', 'INSERT INTO a VALUES (2)'];
  await expect(server.connection.script(parts.join('\n;\n'))).rejects.toMatchObject({ index: 2, code: 'ER_NO_SUCH_TABLE' });
  expect(await server.rows('SELECT x FROM a')).toEqual([{ x: 1 }]);
});

test('statements with bodies travel together with others in one message', async () => {
  const parts = [
    'CREATE TABLE a (x INT)',
    'CREATE PROCEDURE p() BEGIN INSERT INTO a VALUES (1); INSERT INTO a VALUES (2); END -- the end',
    '/*!50003 CREATE*/ /*!50017 DEFINER=CURRENT_USER*/ /*!50003 TRIGGER tr BEFORE INSERT ON a FOR EACH ROW BEGIN SET NEW.x = NEW.x * 10; END */',
    '/*M!999999\\- not run */ SET @a = 1',
    'BEGIN NOT ATOMIC IF 1 THEN CALL p(); END IF; END',
  ];
  await server.connection.script(parts.join('\n;\n'));
  expect(await server.rows('SELECT x FROM a ORDER BY x')).toEqual([{ x: 10 }, { x: 20 }]);
});

test('a statement that the journal says was under way is found finished or not by its probe, from another session too', async () => {
  await server.run('CREATE TABLE t (a INT, KEY k (a)); CREATE TABLE other (a INT)');
  const probe = async (touches: readonly string[]): Promise<string> => {
    const connection = await server.database.connect();
    const { rows } = await connection.query(`SELECT (${mysql.probe(touches, server.server)}) AS probe`);
    await connection.close();
    return String(rows[0]?.['probe']);
  };
  const [table, index, both, missing, nothing] = [
    ['table t'],
    ['table t (indexes)'],
    ['table t', 'table other'],
    ['table nowhere', 'view nowhere', 'opaque e', 'namespace x'],
    [],
  ];
  const before = await Promise.all([table, index, both, missing, nothing].map(probe));
  await server.run('INSERT INTO t VALUES (1); ALTER TABLE other ADD b INT; ANALYZE TABLE t');
  const after = await Promise.all([table, index, both, missing, nothing].map(probe));
  expect(after.map((text, i) => text === before[i])).toEqual([true, true, false, true, true]);
  expect(before.every((text) => text !== 'null')).toBe(true);
});

test('what a statement makes or drops is seen, whatever its name', async () => {
  const probe = async (touches: readonly string[]): Promise<unknown> =>
    (await server.rows(`SELECT (${mysql.probe(touches, server.server)}) AS probe`))[0]?.['probe'];
  for (const name of ['plain', 'a.b', 'a/b', 'a (b)', 'say "x"', "o'clock", 'back\\slash', 'PRIMARY KEY', 'größe', 'x'.repeat(64)]) {
    const statements = [
      `CREATE TABLE \`${name}\` (\`${name}\` INT, PRIMARY KEY (\`${name}\`))`,
      `CREATE INDEX \`${name}\` ON \`${name}\` (\`${name}\`)`,
      `DROP INDEX \`${name}\` ON \`${name}\``,
      `DROP INDEX \`PRIMARY\` ON \`${name}\``,
      `DROP TABLE \`${name}\``,
    ];
    for (const sql of statements) {
      const { touches, afterCrash } = mysql.classify(sql, server.server);
      const before = await probe(touches);
      await server.run(sql);
      expect([sql, afterCrash, (await probe(touches)) === before]).toEqual([sql, 'probe', false]);
    }
  }
});
