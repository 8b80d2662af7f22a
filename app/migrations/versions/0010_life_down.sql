ALTER TABLE hearing DROP CONSTRAINT hearing_state_known;
ALTER TABLE hearing ADD CONSTRAINT hearing_state_known
    CHECK (state IN ('forberedt', 'sendt', 'besvaret', 'frist_udloebet', 'afsluttet'));
DROP TABLE life_event;
