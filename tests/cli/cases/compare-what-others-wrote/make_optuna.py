"""usage: make_optuna.py FILE.db: two studies in the tables of Optuna's RDB storage (schema v3.0.0.d)."""
import json
import sqlite3
import sys

TABLES = """
CREATE TABLE studies (study_id INTEGER NOT NULL PRIMARY KEY, study_name VARCHAR(512) NOT NULL);
CREATE TABLE study_directions (study_direction_id INTEGER NOT NULL PRIMARY KEY, direction VARCHAR(8) NOT NULL,
    study_id INTEGER NOT NULL, objective INTEGER NOT NULL);
CREATE TABLE trials (trial_id INTEGER NOT NULL PRIMARY KEY, number INTEGER, study_id INTEGER,
    state VARCHAR(8) NOT NULL, datetime_start DATETIME, datetime_complete DATETIME);
CREATE TABLE trial_params (param_id INTEGER NOT NULL PRIMARY KEY, trial_id INTEGER, param_name VARCHAR(512),
    param_value FLOAT, distribution_json TEXT);
CREATE TABLE trial_values (trial_value_id INTEGER NOT NULL PRIMARY KEY, trial_id INTEGER NOT NULL,
    objective INTEGER NOT NULL, value FLOAT, value_type VARCHAR(7) NOT NULL);
CREATE TABLE trial_user_attributes (trial_user_attribute_id INTEGER NOT NULL PRIMARY KEY, trial_id INTEGER,
    "key" VARCHAR(512), value_json TEXT);
"""
C = {"name": "FloatDistribution", "attributes": {"step": None, "low": 0.1, "high": 1000.0, "log": True}}
SCALE = {"name": "CategoricalDistribution", "attributes": {"choices": ["standard", None]}}

database = sqlite3.connect(sys.argv[1])
database.executescript(TABLES)


def add(table, *values):
    marks = ", ".join("?" * len(values))
    return database.execute(f"INSERT INTO {table} VALUES ({marks})", values).lastrowid


def add_trial(study, number, state, value, folds=()):
    begun, ended = "2025-11-01 10:00:00.000000", "2025-11-01 10:00:01.500000"
    trial = add("trials", None, number, study, state, begun, None if state == "RUNNING" else ended)
    if value is not None:
        add("trial_values", None, trial, 0, value, "FINITE")
    add("trial_params", None, trial, "C", 2.0**number, json.dumps(C))
    add("trial_params", None, trial, "scale", number % 2, json.dumps(SCALE))
    for fold, score in enumerate(folds):
        add("trial_user_attributes", None, trial, f"split{fold}_test_score", json.dumps(score))


for study, (name, direction) in enumerate([("cv", "MAXIMIZE"), ("it's a loss", "MINIMIZE")], start=1):
    add("studies", study, name)
    add("study_directions", None, direction, study, 0)
# As OptunaSearchCV leaves them: the value is the mean of the folds, which are users' attributes.
for number in range(8):
    mean = 0.80 + number / 1000
    add_trial(1, number, "COMPLETE", mean, [mean + (fold - 2) / 100 for fold in range(5)])
add_trial(1, 8, "FAIL", None)
add_trial(1, 9, "PRUNED", None)
add_trial(1, 10, "RUNNING", None)
for number in range(6):
    add_trial(2, number, "COMPLETE", 0.5 - number / 50)
database.commit()
