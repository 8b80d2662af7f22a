DROP TABLE law_trial_part;
DROP TABLE law_trial;
DROP TABLE law_change;
DROP TABLE law_draft_event;
DROP TABLE law_draft;
DROP FUNCTION check_law_change();
DROP FUNCTION check_law_draft();
