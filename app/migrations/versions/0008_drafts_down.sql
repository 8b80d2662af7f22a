DROP TABLE application_draft;
