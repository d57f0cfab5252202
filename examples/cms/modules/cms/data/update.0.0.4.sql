CREATE TABLE <DB_PREFIX>tags (id integer NOT NULL PRIMARY KEY, name varchar(40) NOT NULL);
