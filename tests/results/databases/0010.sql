BEGIN TRANSACTION;
CREATE TABLE attempts (
	id INTEGER NOT NULL, 
	trial_id INTEGER NOT NULL, 
	number BIGINT NOT NULL, 
	state VARCHAR(20) NOT NULL, 
	worker TEXT, 
	started_at DATETIME NOT NULL, 
	finished_at DATETIME, 
	error TEXT, 
	CONSTRAINT pk_attempts PRIMARY KEY (id), 
	CONSTRAINT fk_attempts_trial_id FOREIGN KEY(trial_id) REFERENCES trials (id) ON DELETE CASCADE, 
	CONSTRAINT uq_attempts_trial_id_number UNIQUE (trial_id, number)
);
INSERT INTO "attempts" VALUES(1,1,1,'finished','w1','2026-11-22 17:04:49.358000','2026-11-22 17:04:49.386000',NULL);
INSERT INTO "attempts" VALUES(2,2,1,'failed','w1','2026-11-22 17:04:49.428000','2026-11-22 17:04:49.440000','out of memory');
CREATE TABLE candidates (
	id INTEGER NOT NULL, 
	sweep_id INTEGER NOT NULL, 
	"index" BIGINT NOT NULL, 
	roles JSON NOT NULL, 
	spec JSON NOT NULL, 
	spec_key TEXT NOT NULL, 
	coefficients JSON NOT NULL, 
	alpha DOUBLE NOT NULL, 
	beta DOUBLE NOT NULL, 
	gamma DOUBLE NOT NULL, 
	intervals JSON, 
	shares JSON, 
	flops BIGINT NOT NULL, 
	params BIGINT NOT NULL, 
	activations BIGINT NOT NULL, 
	nominal_ratio DOUBLE NOT NULL, 
	measured_ratio DOUBLE NOT NULL, 
	residual DOUBLE, 
	eligible BOOLEAN NOT NULL, 
	notes JSON NOT NULL, latency JSON, 
	CONSTRAINT pk_candidates PRIMARY KEY (id), 
	CONSTRAINT fk_candidates_sweep_id FOREIGN KEY(sweep_id) REFERENCES sweeps (id) ON DELETE CASCADE, 
	CONSTRAINT uq_candidates_sweep_id_index UNIQUE (sweep_id, "index"), 
	CONSTRAINT uq_candidates_sweep_id_spec_key UNIQUE (sweep_id, spec_key)
);
INSERT INTO "candidates" VALUES(1,1,0,'["search"]','{"stages":[{"depth":1},{"depth":2}],"resolution_px":32}','spec0','[[1.0,1.1,1.15],[1.0,1.1,1.2]]',1.0,1.1,1.15,'{"alpha":[1.0,1.25]}','{"depth":0.2,"width":0.3,"resolution":0.5}',8000000000,5288548,1000,2.0,1.9,-0.05,1,'["upsampled"]',NULL);
INSERT INTO "candidates" VALUES(2,1,1,'["search"]','{"stages":[{"depth":1},{"depth":2}],"resolution_px":33}','spec1','[[1.1,1.1,1.15],[1.1,1.1,1.2]]',1.1,1.1,1.15,'{"alpha":[1.0,1.25]}','{"depth":0.2,"width":0.3,"resolution":0.5}',8000000001,5288548,1000,2.0,1.9,-0.05,1,'["upsampled"]','{"ratio":1.9,"p50_ms":3.8,"base_p50_ms":2.0,"noise":0.01,"machine":"a processor, 2 cores, 8 GiB","threads":1,"batch":1,"backend":"torch","runs":20}');
CREATE TABLE checkpoints (
	id INTEGER NOT NULL, 
	sweep_id INTEGER NOT NULL, 
	trial_id INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	sha256 TEXT NOT NULL, 
	size_bytes BIGINT NOT NULL, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_checkpoints PRIMARY KEY (id), 
	CONSTRAINT fk_checkpoints_sweep_id FOREIGN KEY(sweep_id) REFERENCES sweeps (id) ON DELETE CASCADE, 
	CONSTRAINT fk_checkpoints_trial_id FOREIGN KEY(trial_id) REFERENCES trials (id) ON DELETE CASCADE, 
	CONSTRAINT uq_checkpoints_trial_id UNIQUE (trial_id)
);
CREATE TABLE coefficients (
	id INTEGER NOT NULL, 
	sweep_id INTEGER NOT NULL, 
	candidate_id INTEGER NOT NULL, 
	alpha DOUBLE NOT NULL, 
	beta DOUBLE NOT NULL, 
	gamma DOUBLE NOT NULL, 
	intervals JSON NOT NULL, 
	shares JSON, 
	verdict VARCHAR(20) NOT NULL, 
	accuracy DOUBLE NOT NULL, 
	baseline TEXT NOT NULL, 
	dataset TEXT NOT NULL, 
	target_ratio DOUBLE NOT NULL, 
	protocol TEXT NOT NULL, 
	created_at DATETIME NOT NULL, target_quantity TEXT DEFAULT 'flops' NOT NULL, 
	CONSTRAINT pk_coefficients PRIMARY KEY (id), 
	CONSTRAINT fk_coefficients_candidate_id FOREIGN KEY(candidate_id) REFERENCES candidates (id) ON DELETE CASCADE, 
	CONSTRAINT fk_coefficients_sweep_id FOREIGN KEY(sweep_id) REFERENCES sweeps (id) ON DELETE CASCADE, 
	CONSTRAINT uq_coefficients_sweep_id UNIQUE (sweep_id)
);
INSERT INTO "coefficients" VALUES(1,1,2,1.2,1.1,1.15,'{"alpha":[1.1,1.25]}','{"depth":0.4,"width":0.3,"resolution":0.3}','chosen',0.6,'efficientnet_b0','digits',2.0,'p1','2026-11-22 17:04:49.495000','flops');
CREATE TABLE datasets (
	id INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	fingerprint TEXT NOT NULL, 
	source TEXT NOT NULL, 
	classes BIGINT NOT NULL, 
	images BIGINT NOT NULL, 
	channels BIGINT NOT NULL, 
	native_resolution_px BIGINT, 
	details JSON NOT NULL, 
	seen_at DATETIME NOT NULL, 
	CONSTRAINT pk_datasets PRIMARY KEY (id), 
	CONSTRAINT uq_datasets_name_fingerprint UNIQUE (name, fingerprint)
);
INSERT INTO "datasets" VALUES(1,'digits','d1','scikit-learn',10,1797,1,8,'{}','2026-11-22 17:04:49.527000');
CREATE TABLE driver_log (
	id INTEGER NOT NULL, 
	sweep_id INTEGER NOT NULL, 
	text TEXT NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_driver_log PRIMARY KEY (id), 
	CONSTRAINT fk_driver_log_sweep_id FOREIGN KEY(sweep_id) REFERENCES sweeps (id) ON DELETE CASCADE
);
CREATE TABLE edge_measurements (
	id INTEGER NOT NULL, 
	spec_key TEXT NOT NULL, 
	machine TEXT NOT NULL, 
	threads BIGINT NOT NULL, 
	batch BIGINT NOT NULL, 
	backend TEXT NOT NULL, 
	label TEXT NOT NULL, 
	spec JSON NOT NULL, 
	flops BIGINT NOT NULL, 
	params BIGINT NOT NULL, 
	p50_ms DOUBLE NOT NULL, 
	p95_ms DOUBLE NOT NULL, 
	runs BIGINT NOT NULL, 
	file_bytes BIGINT NOT NULL, 
	peak_memory_bytes BIGINT, 
	versions JSON NOT NULL, 
	measured_at DATETIME NOT NULL, 
	CONSTRAINT pk_edge_measurements PRIMARY KEY (id), 
	CONSTRAINT uq_edge_measurements_spec_key_machine_threads_batch_backend UNIQUE (spec_key, machine, threads, batch, backend)
);
INSERT INTO "edge_measurements" VALUES(1,'k0','a processor, 2 cores, 8 GiB',1,1,'torch','b0','{"baseline":"efficientnet_b0","resolution_px":224}',401659392,5288548,30.5,33.0,30,21000000,NULL,'{"torch":"2.13.0"}','2026-11-22 19:10:41.504000');
CREATE TABLE epochs (
	id INTEGER NOT NULL, 
	attempt_id INTEGER NOT NULL, 
	epoch BIGINT NOT NULL, 
	steps BIGINT NOT NULL, 
	images BIGINT NOT NULL, 
	train_loss DOUBLE, 
	validation_loss DOUBLE, 
	accuracy DOUBLE, 
	top5_accuracy DOUBLE, 
	train_seconds DOUBLE, 
	images_per_second DOUBLE, 
	peak_memory_bytes BIGINT, 
	reported_at DATETIME NOT NULL, 
	CONSTRAINT pk_epochs PRIMARY KEY (id), 
	CONSTRAINT fk_epochs_attempt_id FOREIGN KEY(attempt_id) REFERENCES attempts (id) ON DELETE CASCADE, 
	CONSTRAINT uq_epochs_attempt_id_epoch UNIQUE (attempt_id, epoch)
);
INSERT INTO "epochs" VALUES(1,1,1,10,640,2.3,NULL,0.1,NULL,NULL,NULL,NULL,'2026-11-22 17:04:49.371000');
INSERT INTO "epochs" VALUES(2,1,2,20,1280,1.9,NULL,0.2,NULL,NULL,NULL,NULL,'2026-11-22 17:04:49.371000');
CREATE TABLE events (
	id INTEGER NOT NULL, 
	sweep_id INTEGER NOT NULL, 
	seq BIGINT NOT NULL, 
	kind TEXT NOT NULL, 
	data JSON NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_events PRIMARY KEY (id), 
	CONSTRAINT fk_events_sweep_id FOREIGN KEY(sweep_id) REFERENCES sweeps (id) ON DELETE CASCADE, 
	CONSTRAINT uq_events_sweep_id_seq UNIQUE (sweep_id, seq)
);
INSERT INTO "events" VALUES(1,1,1,'created','{"name":"old","candidates":2,"trials":4}','2026-11-22 17:04:49.309000');
INSERT INTO "events" VALUES(2,1,2,'claimed','{"owner":"here:100:1.0","epoch":1,"before":"queued","interrupted_trials":0}','2026-11-22 17:04:49.343000');
INSERT INTO "events" VALUES(3,1,3,'trial_started','{"trial":1,"candidate":1,"seed":0,"attempt":1,"worker":"w1"}','2026-11-22 17:04:49.360000');
INSERT INTO "events" VALUES(4,1,4,'epochs','{"epochs":[{"trial":1,"attempt":1,"epoch":1,"steps":10,"images":640,"train_loss":2.3,"accuracy":0.1,"images_per_second":null},{"trial":1,"attempt":1,"epoch":2,"steps":20,"images":1280,"train_loss":1.9,"accuracy":0.2,"images_per_second":null}]}','2026-11-22 17:04:49.372000');
INSERT INTO "events" VALUES(5,1,5,'trial_finished','{"trial":1,"candidate":1,"seed":0,"state":"finished","accuracy":0.6,"train_seconds":3.5}','2026-11-22 17:04:49.413000');
INSERT INTO "events" VALUES(6,1,6,'trial_started','{"trial":2,"candidate":2,"seed":0,"attempt":1,"worker":"w1"}','2026-11-22 17:04:49.438000');
INSERT INTO "events" VALUES(7,1,7,'trial_failed','{"trial":2,"candidate":2,"seed":0,"attempt":1,"retry":false,"error":"out of memory"}','2026-11-22 17:04:49.458000');
INSERT INTO "events" VALUES(8,1,8,'outcome','{"coefficients":1,"verdict":"chosen"}','2026-11-22 17:04:49.505000');
INSERT INTO "events" VALUES(9,1,9,'state','{"before":"running","after":"interrupted","error":null,"interrupted_trials":0}','2026-11-22 17:04:49.552000');
INSERT INTO "events" VALUES(10,1,10,'released','{"owner":"here:100:1.0"}','2026-11-22 17:04:49.554000');
CREATE TABLE family_members (
	id INTEGER NOT NULL, 
	coefficients_id INTEGER NOT NULL, 
	convention TEXT NOT NULL, 
	name TEXT NOT NULL, 
	phi DOUBLE, 
	depth DOUBLE NOT NULL, 
	width DOUBLE NOT NULL, 
	resolution DOUBLE NOT NULL, 
	resolution_px BIGINT NOT NULL, 
	classes BIGINT NOT NULL, 
	spec JSON NOT NULL, 
	params BIGINT NOT NULL, 
	flops BIGINT NOT NULL, 
	residual DOUBLE, 
	inherited JSON NOT NULL, 
	CONSTRAINT pk_family_members PRIMARY KEY (id), 
	CONSTRAINT fk_family_members_coefficients_id FOREIGN KEY(coefficients_id) REFERENCES coefficients (id) ON DELETE CASCADE, 
	CONSTRAINT uq_family_members_coefficients_id_convention_name UNIQUE (coefficients_id, convention, name)
);
INSERT INTO "family_members" VALUES(1,1,'fitted','b0',1.0,1.2,1.1,1.15,258,10,'{"stages":[]}',9000000,37750000000,0.01,'{"dropout":0.2}');
INSERT INTO "family_members" VALUES(2,1,'fitted','b1',1.0,1.2,1.1,1.15,258,10,'{"stages":[]}',9000000,37750000000,0.01,'{"dropout":0.2}');
CREATE TABLE galleries (
	id INTEGER NOT NULL, 
	sweep_id INTEGER NOT NULL, 
	networks JSON NOT NULL, 
	page BLOB NOT NULL, 
	picture BLOB NOT NULL, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_galleries PRIMARY KEY (id), 
	CONSTRAINT fk_galleries_sweep_id FOREIGN KEY(sweep_id) REFERENCES sweeps (id) ON DELETE CASCADE, 
	CONSTRAINT uq_galleries_sweep_id UNIQUE (sweep_id)
);
CREATE TABLE identifications (
	id INTEGER NOT NULL, 
	candidate_id INTEGER NOT NULL, 
	sweep_id INTEGER NOT NULL, 
	found JSON, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_identifications PRIMARY KEY (id), 
	CONSTRAINT fk_identifications_candidate_id FOREIGN KEY(candidate_id) REFERENCES candidates (id) ON DELETE CASCADE, 
	CONSTRAINT fk_identifications_sweep_id FOREIGN KEY(sweep_id) REFERENCES sweeps (id) ON DELETE CASCADE, 
	CONSTRAINT uq_identifications_sweep_id UNIQUE (sweep_id)
);
CREATE TABLE measurements (
	id INTEGER NOT NULL, 
	spec_key TEXT NOT NULL, 
	classes BIGINT NOT NULL, 
	in_channels BIGINT NOT NULL, 
	mode TEXT NOT NULL, 
	versions TEXT NOT NULL, 
	flops BIGINT NOT NULL, 
	params BIGINT NOT NULL, 
	activations BIGINT NOT NULL, 
	uncounted JSON NOT NULL, 
	seconds DOUBLE NOT NULL, 
	CONSTRAINT pk_measurements PRIMARY KEY (id), 
	CONSTRAINT uq_measurements_spec_key_classes_in_channels_mode_versions UNIQUE (spec_key, classes, in_channels, mode, versions)
);
INSERT INTO "measurements" VALUES(1,'spec0',10,3,'eval','fvcore 0.1.5',401659392,5288548,6000000,'{"aten::silu_":49}',0.3);
CREATE TABLE scaling_search_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT scaling_search_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "scaling_search_version" VALUES('0010');
CREATE TABLE sessions (
	id INTEGER NOT NULL, 
	token_id INTEGER NOT NULL, 
	hash TEXT NOT NULL, 
	created_at DATETIME NOT NULL, 
	expires_at DATETIME NOT NULL, 
	CONSTRAINT pk_sessions PRIMARY KEY (id), 
	CONSTRAINT fk_sessions_token_id FOREIGN KEY(token_id) REFERENCES tokens (id) ON DELETE CASCADE, 
	CONSTRAINT uq_sessions_hash UNIQUE (hash)
);
CREATE TABLE sweeps (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	name TEXT NOT NULL, 
	state VARCHAR(20) NOT NULL, 
	spec JSON NOT NULL, 
	protocol TEXT NOT NULL, 
	baseline TEXT NOT NULL, 
	dataset TEXT NOT NULL, 
	dataset_fingerprint TEXT NOT NULL, 
	target_ratio DOUBLE NOT NULL, 
	seeds JSON NOT NULL, 
	versions JSON NOT NULL, 
	hardware JSON NOT NULL, 
	created_at DATETIME NOT NULL, 
	started_at DATETIME, 
	finished_at DATETIME, 
	lease_owner TEXT, 
	lease_epoch BIGINT NOT NULL, 
	lease_expires_at DATETIME, 
	cancel_requested BOOLEAN NOT NULL, 
	outcome JSON, 
	error TEXT, 
	idempotency_key TEXT, queued_at DATETIME, target_quantity TEXT DEFAULT 'flops' NOT NULL, 
	CONSTRAINT uq_sweeps_idempotency_key UNIQUE (idempotency_key)
);
INSERT INTO "sweeps" VALUES(1,'old','interrupted','{"space":{"baseline":"efficientnet_b0"},"proxy":{"steps":100}}','p1','efficientnet_b0','digits','d1',2.0,'[0,1]','{"torch":"2.13.0"}','{"cpu_cores":2}','2026-11-22 17:04:49.228000','2026-11-22 17:04:49.331000',NULL,NULL,1,NULL,0,'{"seeds":2,"verdict":"chosen","leader":2}',NULL,NULL,NULL,'flops');
CREATE TABLE tokens (
	id INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	hash TEXT NOT NULL, 
	hint TEXT NOT NULL, 
	scope VARCHAR(20) NOT NULL, 
	created_at DATETIME NOT NULL, 
	expires_at DATETIME, 
	revoked_at DATETIME, 
	CONSTRAINT pk_tokens PRIMARY KEY (id), 
	CONSTRAINT uq_tokens_hash UNIQUE (hash), 
	CONSTRAINT uq_tokens_name UNIQUE (name)
);
CREATE TABLE transfer_runs (
	id INTEGER NOT NULL, 
	transfer_id INTEGER NOT NULL, 
	weights TEXT NOT NULL, 
	dataset TEXT NOT NULL, 
	method TEXT NOT NULL, 
	seed BIGINT NOT NULL, 
	learning_rate DOUBLE NOT NULL, 
	role TEXT NOT NULL, 
	spec_key TEXT NOT NULL, 
	resolution_px BIGINT NOT NULL, 
	params BIGINT NOT NULL, 
	flops BIGINT NOT NULL, 
	trained_params BIGINT NOT NULL, 
	accuracy DOUBLE, 
	validation_accuracy DOUBLE, 
	correct BLOB, 
	n_images BIGINT NOT NULL, 
	steps BIGINT NOT NULL, 
	images BIGINT NOT NULL, 
	train_seconds DOUBLE NOT NULL, 
	seconds DOUBLE NOT NULL, 
	diverged BOOLEAN NOT NULL, 
	curve JSON NOT NULL, 
	checkpoint TEXT, 
	sha256 TEXT, 
	size_bytes BIGINT, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_transfer_runs PRIMARY KEY (id), 
	CONSTRAINT fk_transfer_runs_transfer_id FOREIGN KEY(transfer_id) REFERENCES transfers (id) ON DELETE CASCADE, 
	CONSTRAINT uq_transfer_runs_run UNIQUE (transfer_id, weights, dataset, method, seed, learning_rate, role)
);
INSERT INTO "transfer_runs" VALUES(1,1,'b0','photos','full',0,0.004,'result','k',32,10,20,10,0.75,0.5,X'E0',4,2,64,0.5,1.0,0,'[[32,2.5,0.25],[64,null,0.5]]',NULL,NULL,NULL,'2026-11-22 22:07:20.384000');
CREATE TABLE transfers (
	id INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	spec JSON NOT NULL, 
	weights JSON NOT NULL, 
	datasets JSON NOT NULL, 
	versions JSON NOT NULL, 
	hardware JSON NOT NULL, 
	report JSON, 
	created_at DATETIME NOT NULL, 
	finished_at DATETIME, 
	CONSTRAINT pk_transfers PRIMARY KEY (id)
);
INSERT INTO "transfers" VALUES(1,'photos','{"seeds":[0]}','[{"name":"b0"}]','[{"name":"photos"}]','{"torch":"2.13.0"}','{"cores":2}','{"complete":true,"runs":1,"of":1,"cells":[]}','2026-11-22 22:07:20.357000','2026-11-22 22:07:20.391000');
CREATE TABLE trials (
	id INTEGER NOT NULL, 
	sweep_id INTEGER NOT NULL, 
	candidate_id INTEGER NOT NULL, 
	seed BIGINT NOT NULL, 
	state VARCHAR(20) NOT NULL, 
	attempts BIGINT NOT NULL, 
	worker TEXT, 
	started_at DATETIME, 
	finished_at DATETIME, 
	accuracy DOUBLE, 
	top5_accuracy DOUBLE, 
	loss DOUBLE, 
	images BIGINT, 
	steps BIGINT, 
	train_seconds DOUBLE, 
	images_per_second DOUBLE, 
	peak_memory_bytes BIGINT, 
	error TEXT, 
	n_validation BIGINT, 
	correct BLOB, rung BIGINT, 
	CONSTRAINT pk_trials PRIMARY KEY (id), 
	CONSTRAINT fk_trials_candidate_id FOREIGN KEY(candidate_id) REFERENCES candidates (id) ON DELETE CASCADE, 
	CONSTRAINT fk_trials_sweep_id FOREIGN KEY(sweep_id) REFERENCES sweeps (id) ON DELETE CASCADE, 
	CONSTRAINT uq_trials_sweep_id_candidate_id_seed UNIQUE (sweep_id, candidate_id, seed)
);
INSERT INTO "trials" VALUES(1,1,1,0,'finished',1,'w1','2026-11-22 17:04:49.358000','2026-11-22 17:04:49.412000',0.6,NULL,1.2,1280,20,3.5,NULL,NULL,NULL,3,X'A0',NULL);
INSERT INTO "trials" VALUES(2,1,2,0,'failed',1,'w1','2026-11-22 17:04:49.428000','2026-11-22 17:04:49.454000',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'out of memory',NULL,NULL,NULL);
INSERT INTO "trials" VALUES(3,1,1,1,'pending',0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "trials" VALUES(4,1,2,1,'pending',0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE validation_sweeps (
	id INTEGER NOT NULL, 
	validation_id INTEGER NOT NULL, 
	sweep_id INTEGER NOT NULL, 
	images BIGINT NOT NULL, 
	learning_rate DOUBLE NOT NULL, 
	CONSTRAINT pk_validation_sweeps PRIMARY KEY (id), 
	CONSTRAINT fk_validation_sweeps_sweep_id FOREIGN KEY(sweep_id) REFERENCES sweeps (id) ON DELETE CASCADE, 
	CONSTRAINT fk_validation_sweeps_validation_id FOREIGN KEY(validation_id) REFERENCES validations (id) ON DELETE CASCADE, 
	CONSTRAINT uq_validation_sweeps_sweep_id UNIQUE (sweep_id), 
	CONSTRAINT uq_validation_sweeps_validation_id_images_learning_rate UNIQUE (validation_id, images, learning_rate)
);
CREATE TABLE validations (
	id INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	spec JSON NOT NULL, 
	baseline TEXT NOT NULL, 
	dataset TEXT NOT NULL, 
	dataset_fingerprint TEXT NOT NULL, 
	target_ratio DOUBLE NOT NULL, 
	report JSON, 
	created_at DATETIME NOT NULL, 
	finished_at DATETIME, 
	CONSTRAINT pk_validations PRIMARY KEY (id)
);
CREATE INDEX ix_sweeps_baseline_dataset ON sweeps (baseline, dataset);
CREATE INDEX ix_sweeps_protocol ON sweeps (protocol);
CREATE INDEX ix_sweeps_state ON sweeps (state);
CREATE INDEX ix_coefficients_candidate_id ON coefficients (candidate_id);
CREATE INDEX ix_trials_candidate_id ON trials (candidate_id);
CREATE INDEX ix_driver_log_sweep_id_id ON driver_log (sweep_id, id);
CREATE INDEX ix_sessions_token_id ON sessions (token_id);
CREATE INDEX ix_trials_sweep_id_id ON trials (sweep_id, id);
CREATE INDEX ix_trials_sweep_id_state ON trials (sweep_id, state);
CREATE INDEX ix_identifications_candidate_id ON identifications (candidate_id);
CREATE INDEX ix_edge_measurements_measured_at_id ON edge_measurements (measured_at, id);
CREATE INDEX ix_coefficients_baseline_dataset_target_quantity_target_ratio ON coefficients (baseline, dataset, target_quantity, target_ratio);
CREATE INDEX ix_checkpoints_sweep_id_id ON checkpoints (sweep_id, id);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('sweeps',1);
COMMIT;
