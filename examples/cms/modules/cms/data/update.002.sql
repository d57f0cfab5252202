CREATE TABLE <DB_PREFIX>authors (id integer NOT NULL PRIMARY KEY, name varchar(80) NOT NULL);
