DROP TABLE book_reconciliation;
