-- Alarms that were open at an instant: those not closed, and those closed since. What was closed long ago is not read.
CREATE INDEX alarms_closed ON alarms (closed_at, first_time, subject_id);

-- Quarantined frames of a device, in the order in which they came: some can be opened once their key is known.
CREATE INDEX frames_kept_out ON frames (mn, id) WHERE state = 'quarantined';
