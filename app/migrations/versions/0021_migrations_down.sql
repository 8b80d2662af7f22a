DROP TABLE migration_item;
DROP TABLE migration_batch;
