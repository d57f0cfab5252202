CREATE TABLE <DB_PREFIX>pages (
  id integer NOT NULL PRIMARY KEY,
  title varchar(120) NOT NULL,
  author integer,
  made_at varchar(30) NOT NULL
);
CREATE TABLE <DB_PREFIX>authors (id integer NOT NULL PRIMARY KEY, name varchar(80) NOT NULL);
CREATE TABLE <DB_PREFIX>tags (id integer NOT NULL PRIMARY KEY, name varchar(40) NOT NULL);
INSERT INTO <DB_PREFIX>pages (id, title, made_at) VALUES (1, 'Welcome; have a look around', '<CURRENT_DATETIME>');
