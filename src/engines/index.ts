/** Floor 5: one folder an engine, all of one shape. Text in, text out: nothing here talks to a database. */
export {};
