-- readable by schema 1
ALTER TABLE note ADD COLUMN author TEXT;
